using Dibs.Tests.Support;

namespace Dibs.Tests.Crash;

/// <summary>A book for each resource, and the jobs that sign them.</summary>
internal sealed class Guestbooks(TemporaryFolder folder)
{
    private const string SignMethod = "Witness.Guestbook.SignAsync";

    /// <summary>What the method does, for command jobs: the seconds to work, then the books.</summary>
    private const string SignScript = """
        seconds=$1; shift
        for book; do echo "begin $DIBS_JOB_ID $DIBS_FENCE" >> "$book"; done
        sleep "$seconds"
        for book; do echo "end $DIBS_JOB_ID $DIBS_FENCE" >> "$book"; done
        """;

    private string Script => folder.File("sign.sh");

    /// <summary>Lays out the empty books that these guests will sign.</summary>
    public void Open(IEnumerable<Guest> guests)
    {
        File.WriteAllText(Script, SignScript);
        foreach (var resource in guests.SelectMany(guest => guest.Resources).Distinct(StringComparer.Ordinal))
            File.WriteAllText(folder.File(resource), "");
    }

    public JobRequest Request(Guest guest)
    {
        var options = new JobOptions
        {
            Id = guest.Id,
            Exclusive = guest.Exclusive,
            Shared = [.. guest.Shared.Concat(guest.Beside).Select(name => new SharedResource(name))],
            Delay = guest.Delay,
            Timeout = guest.Timeout,
            OnWorkerLost = guest.OnWorkerLost,
        };
        var books = guest.Resources.Select(folder.File).ToArray();
        return guest.IsCommand
            ? JobRequest.Command(["sh", Script, $"{guest.Milliseconds / 1000}.{guest.Milliseconds % 1000:D3}", .. books], options: options)
            : JobRequest.Method(SignMethod, [books, guest.Milliseconds], options: options);
    }

    /// <summary>Compares all books with what the store says of the guests.</summary>
    public GuestbookReading Read(IReadOnlyCollection<Guest> guests, IReadOnlyCollection<JobRecord> records, Func<JobRecord, bool> mayEndSo)
    {
        var reading = new GuestbookReading(guests, records, mayEndSo);
        foreach (var resource in guests.SelectMany(guest => guest.Resources).Distinct(StringComparer.Ordinal))
            reading.Read(resource, File.ReadLines(folder.File(resource)));
        reading.AssertAllSigned();
        return reading;
    }
}
