using System.Globalization;

namespace Dibs.Tests.Crash;

/// <summary>Compares what the jobs wrote in the books of their resources with what the store says of them.</summary>
internal sealed class GuestbookReading
{
    private readonly Dictionary<string, Guest> _guests;
    private readonly Dictionary<string, JobRecord> _records;
    private readonly Dictionary<Attempt, int> _begins = [];
    private readonly Dictionary<Attempt, int> _ends = [];

    /// <summary>Fails if a job is missing, has not ended, or ended otherwise than by itself or as it may.</summary>
    public GuestbookReading(IReadOnlyCollection<Guest> guests, IReadOnlyCollection<JobRecord> records, Func<JobRecord, bool> mayEndSo)
    {
        _guests = guests.ToDictionary(guest => guest.Id, StringComparer.Ordinal);
        _records = records.ToDictionary(record => record.Id, StringComparer.Ordinal);
        Assert.Equal(_guests.Keys.Order(StringComparer.Ordinal), _records.Keys.Order(StringComparer.Ordinal));
        foreach (var record in records.Where(record => record.State != JobState.Completed))
            Assert.True(record.State.IsFinal() && mayEndSo(record), $"'{record.Id}' is {record.State} ({record.Reason}) on '{record.Worker}': {record.Error}");
    }

    /// <summary>What became of a job whose worker was one of these.</summary>
    public static Func<JobRecord, bool> LostWith(IReadOnlySet<string> killedWorkers) =>
        record => record is { State: JobState.Failed, Reason: JobReasons.WorkerLost } && killedWorkers.Contains(record.Worker!);

    /// <summary>
    /// Goes through the lines of a book. Nobody begins while somebody in his way is there; an attempt that was lost has left without a word, and
    /// must not be heard of again.
    /// </summary>
    public void Read(string resource, IEnumerable<string> lines)
    {
        var present = new Dictionary<Attempt, Guest>();
        var passed = new HashSet<Attempt>();
        var lastFence = 0L;
        foreach (var words in lines.Select(line => line.Split(' ')))
        {
            var (guest, attempt) = (_guests[words[1]], new Attempt(words[1], long.Parse(words[2], CultureInfo.InvariantCulture)));
            if (guest.OnWorkerLost == OnWorkerLost.Fail)
                Assert.Equal(_records[guest.Id].Fence, attempt.Fence);
            if (words[0] == "end")
            {
                Assert.True(present.Remove(attempt), $"'{guest.Id}' ended in '{resource}' and never began.");
                Count(_ends, attempt);
                Assert.False(passed.Contains(attempt), $"'{guest.Id}' was in '{resource}' after its worker was lost and the next one had begun.");
                continue;
            }
            Assert.True(present.TryAdd(attempt, guest), $"'{guest.Id}' began twice in '{resource}'.");
            foreach (var (other, _) in present.Where(other => other.Key != attempt && (other.Value == guest || other.Value.IsInTheWayOf(guest, resource))))
            {
                Assert.False(IsCompleted(other), $"'{guest.Id}' began in '{resource}' while '{other.JobId}' was there, whose worker was not lost.");
                passed.Add(other);
            }
            if (guest.Exclusive.Contains(resource, StringComparer.Ordinal) && IsCompleted(attempt))
            {
                Assert.True(attempt.Fence > lastFence, $"'{guest.Id}' began in '{resource}' after a larger fence.");
                lastFence = attempt.Fence;
            }
            Count(_begins, attempt);
        }
    }

    /// <summary>What completed a job began and ended once in each of its books; nothing began there more than once, and no job twice that may not.</summary>
    public void AssertAllSigned()
    {
        var begun = _begins.ToLookup(attempt => attempt.Key.JobId, StringComparer.Ordinal);
        foreach (var guest in _guests.Values)
        {
            var books = guest.Resources.Count();
            var record = _records[guest.Id];
            if (record.State == JobState.Completed)
            {
                var last = new Attempt(guest.Id, record.Fence!.Value);
                var (begins, ends) = (_begins.GetValueOrDefault(last), _ends.GetValueOrDefault(last));
                Assert.True((begins, ends) == (books, books), $"'{guest.Id}' signed {begins} and {ends} times in {books} books.");
            }
            Assert.All(begun[guest.Id], attempt => Assert.InRange(attempt.Value, 1, books));
            Assert.True(begun[guest.Id].Count() < 2 || guest.OnWorkerLost == OnWorkerLost.Retry, $"'{guest.Id}' began more than once.");
        }
    }

    public override string ToString()
    {
        var commands = _guests.Values.Count(guest => guest.IsCommand);
        var begun = _begins.Keys.Select(attempt => attempt.JobId).ToHashSet(StringComparer.Ordinal);
        var lost = _records.Values.Where(record => record.State != JobState.Completed).ToList();
        return $"{commands} commands and {_guests.Count - commands} methods; {lost.Count} were lost, {lost.Count(record => begun.Contains(record.Id))} of them after they began";
    }

    private bool IsCompleted(Attempt attempt) => _records[attempt.JobId] is { State: JobState.Completed } record && record.Fence == attempt.Fence;

    private static void Count(Dictionary<Attempt, int> counts, Attempt attempt) => counts[attempt] = counts.GetValueOrDefault(attempt) + 1;

    /// <summary>An attempt.</summary>
    private readonly record struct Attempt(string JobId, long Fence);
}
