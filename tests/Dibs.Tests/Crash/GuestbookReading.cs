using System.Globalization;

namespace Dibs.Tests.Crash;

/// <summary>Compares what the jobs wrote in the books of their resources with what the store says of them.</summary>
internal sealed class GuestbookReading
{
    private readonly Dictionary<string, Guest> _guests;
    private readonly Dictionary<string, JobRecord> _records;
    private readonly HashSet<string> _lost = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _begins = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _ends = new(StringComparer.Ordinal);

    /// <summary>Fails if a job is missing, has not ended, or ended otherwise than by itself or with a worker that was killed.</summary>
    public GuestbookReading(IReadOnlyCollection<Guest> guests, IReadOnlyCollection<JobRecord> records, IReadOnlySet<string> killedWorkers)
    {
        _guests = guests.ToDictionary(guest => guest.Id, StringComparer.Ordinal);
        _records = records.ToDictionary(record => record.Id, StringComparer.Ordinal);
        Assert.Equal(_guests.Keys.Order(StringComparer.Ordinal), _records.Keys.Order(StringComparer.Ordinal));
        foreach (var record in records.Where(record => record.State != JobState.Completed))
        {
            Assert.True(
                record is { State: JobState.Failed, Reason: JobReasons.WorkerLost } && killedWorkers.Contains(record.Worker!),
                $"'{record.Id}' is {record.State} ({record.Reason}) on '{record.Worker}': {record.Error}");
            _lost.Add(record.Id);
        }
    }

    /// <summary>
    /// Goes through the lines of a book. Nobody begins while somebody in his way is there; who was lost with his worker has left without a word, and
    /// must not be heard of again.
    /// </summary>
    public void Read(string resource, IEnumerable<string> lines)
    {
        var present = new Dictionary<string, Guest>(StringComparer.Ordinal);
        var passed = new HashSet<string>(StringComparer.Ordinal);
        var lastFence = 0L;
        foreach (var words in lines.Select(line => line.Split(' ')))
        {
            var (what, guest, fence) = (words[0], _guests[words[1]], long.Parse(words[2], CultureInfo.InvariantCulture));
            Assert.Equal(_records[guest.Id].Fence, fence);
            if (what == "end")
            {
                Assert.True(present.Remove(guest.Id), $"'{guest.Id}' ended in '{resource}' and never began.");
                Count(_ends, guest);
                Assert.False(passed.Contains(guest.Id), $"'{guest.Id}' was in '{resource}' after its worker was lost and the next one had begun.");
                continue;
            }
            Assert.True(present.TryAdd(guest.Id, guest), $"'{guest.Id}' began twice in '{resource}'.");
            foreach (var other in present.Values.Where(other => other != guest && other.IsInTheWayOf(guest, resource)))
            {
                Assert.True(_lost.Contains(other.Id), $"'{guest.Id}' began in '{resource}' while '{other.Id}' was there, whose worker was not lost.");
                passed.Add(other.Id);
            }
            if (guest.Exclusive.Contains(resource, StringComparer.Ordinal) && !_lost.Contains(guest.Id))
            {
                Assert.True(fence > lastFence, $"'{guest.Id}' began in '{resource}' after a larger fence.");
                lastFence = fence;
            }
            Count(_begins, guest);
        }
    }

    /// <summary>Every completed job began and ended once in each of its books; none that was lost began more than once.</summary>
    public void AssertAllSigned()
    {
        foreach (var guest in _guests.Values)
        {
            var (begins, ends, books) = (_begins.GetValueOrDefault(guest.Id), _ends.GetValueOrDefault(guest.Id), guest.Resources.Count());
            Assert.True(_lost.Contains(guest.Id) ? begins <= books : (begins, ends) == (books, books), $"'{guest.Id}' signed {begins} and {ends} times in {books} books.");
        }
    }

    public override string ToString()
    {
        var commands = _guests.Values.Count(guest => guest.IsCommand);
        return $"{commands} commands and {_guests.Count - commands} methods; {_lost.Count} were lost with their workers, {_lost.Count(_begins.ContainsKey)} of them after they began";
    }

    private static void Count(Dictionary<string, int> counts, Guest guest) => counts[guest.Id] = counts.GetValueOrDefault(guest.Id) + 1;
}
