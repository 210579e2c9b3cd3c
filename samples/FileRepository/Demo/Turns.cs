using Dibs;
using FileRepository.Storing;

namespace FileRepository.Demo;

/// <summary>Who used a resource, in order: those that overlapped stand side by side.</summary>
internal static class Turns
{
    /// <summary>What the store says of jobs that ran, as calls: each touches what it reserved.</summary>
    public static IReadOnlyList<JournalEntry> CallsOf(IReadOnlyList<JobRecord> jobs) =>
    [
        .. from job in jobs
           where job.StartedAt is not null && job.FinishedAt is not null
           let touches = (job.Reservations ?? []).Select(claim => new Touch(claim.Resource, claim.Mode == ReservationMode.Exclusive))
           select new JournalEntry(job.Id, [.. touches], job.StartedAt.Value - jobs[0].CreatedAt, job.FinishedAt.Value - jobs[0].CreatedAt),
    ];

    /// <summary>The callers that touched the resource, in groups that overlapped, by start.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> Of(string resource, IEnumerable<JournalEntry> entries)
    {
        var groups = new List<List<JournalEntry>>();
        foreach (var entry in entries.Where(entry => entry.Touches.Any(touch => touch.Resource == resource)).OrderBy(entry => entry.Start))
        {
            if (groups is [.., var last] && last.Any(entry.Overlaps))
                last.Add(entry);
            else
                groups.Add([entry]);
        }
        return [.. groups.Select(group => (IReadOnlyList<string>)[.. group.Select(entry => entry.Caller)])];
    }

    /// <summary>Lines such as <c>repository:a  sync → publish ∥ publish → sync</c>.</summary>
    public static IEnumerable<string> Draw(string resource, IReadOnlyList<IReadOnlyList<string>> turns, int labels, int width)
    {
        var words = turns.Select((group, index) => (index > 0 ? "→ " : "") + string.Join(" ∥ ", group));
        return Screen.Wrap([resource.PadRight(labels), .. words], width, labels + 1);
    }
}
