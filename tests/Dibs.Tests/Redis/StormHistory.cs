using System.Collections.Concurrent;
using System.Diagnostics;
using Dibs.Stores;

namespace Dibs.Tests.Redis;

/// <summary>One run of a job, in ticks of the monotonic clock: from the answer that gave it until before its end was sent.</summary>
internal sealed record StormAttempt(Claim Claim, IReadOnlyList<Reservation> Reservations, long Began)
{
    public long? Ended { get; set; }
}

/// <summary>What the clients of a storm asked and were told, all together.</summary>
internal sealed class StormHistory
{
    private readonly ConcurrentDictionary<string, NewJob> _sent = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<long, StormAttempt> _attempts = new();
    private readonly ConcurrentDictionary<string, JobState> _settled = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _askedToCancel = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _canceled = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _stopped = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private readonly HashSet<string> _acknowledged = new(StringComparer.Ordinal);
    private readonly List<string> _inOrder = [];
    private int _calls;
    private int _setbacks;
    private int _unknownOutcomes;

    /// <summary>Calls that failed and were repeated.</summary>
    public int Setbacks => _setbacks;

    /// <summary>Jobs that the store said it has.</summary>
    public IReadOnlyCollection<string> Acknowledged => _acknowledged;

    /// <summary>Before the call, because others may meet a job before it is acknowledged.</summary>
    public void Send(IEnumerable<NewJob> jobs)
    {
        foreach (var job in jobs)
            Assert.True(_sent.TryAdd(job.Id, job), $"'{job.Id}' was sent before.");
    }

    public void Acknowledge(IEnumerable<string> ids)
    {
        lock (_lock)
            _inOrder.AddRange(ids.Where(_acknowledged.Add));
    }

    /// <summary>Some of the jobs acknowledged lately; none while there are none.</summary>
    public string[] Pick(Random random, int count)
    {
        const int Lately = 60;
        lock (_lock)
        {
            return _inOrder.Count == 0
                ? []
                : [.. Enumerable.Range(0, count).Select(_ => _inOrder[^(random.Next(Math.Min(Lately, _inOrder.Count)) + 1)]).Distinct(StringComparer.Ordinal)];
        }
    }

    /// <summary>A claim was answered. Its fence is nobody else's, and it is the job that was sent.</summary>
    public StormAttempt Begin(Claim claim)
    {
        var job = _sent[claim.Key.JobId.Split('~')[0]];
        Assert.True(claim.Content.Span.SequenceEqual(job.Content.Span), $"'{job.Id}' came back with other content.");
        var attempt = new StormAttempt(claim, job.Reservations, Stopwatch.GetTimestamp());
        Assert.True(_attempts.TryAdd(claim.Key.Fence, attempt), $"The fence of {claim.Key} was given twice.");
        return attempt;
    }

    /// <summary>An end was accepted, which happens once.</summary>
    public void Settle(Settlement settlement)
    {
        if (settlement.Outcome == SettleOutcome.Returned)
            return;
        var state = settlement.Outcome == SettleOutcome.Completed ? JobState.Completed : JobState.Failed;
        Assert.True(_settled.TryAdd(settlement.Key.JobId, state), $"'{settlement.Key.JobId}' ended twice.");
    }

    public void AskToCancel(IEnumerable<string> ids)
    {
        foreach (var id in ids)
            _askedToCancel[id] = true;
    }

    public void Change(ChangeKind change, Changed job)
    {
        Assert.NotEqual(ChangeOutcome.Unknown, job.Outcome);
        if (job.Outcome == ChangeOutcome.NotPossible)
            return;
        if (change == ChangeKind.Cancel)
            _canceled[job.Id] = true;
        else
            Acknowledge([job.Id]);
    }

    public void Stop(string incarnation) => _stopped[incarnation] = true;

    public bool HasStopped(string incarnation) => _stopped.ContainsKey(incarnation);

    public void Call() => Interlocked.Increment(ref _calls);

    public void Fail(StoreException setback)
    {
        Interlocked.Increment(ref _setbacks);
        if (setback.OutcomeUnknown)
            Interlocked.Increment(ref _unknownOutcomes);
    }

    /// <summary>Compares what was promised with what the store has at the end, and with each other.</summary>
    public void AssertKept(IReadOnlyCollection<JobRecord> records)
    {
        Assert.Equal(_acknowledged.Order(StringComparer.Ordinal), records.Select(record => record.Id).Order(StringComparer.Ordinal));
        foreach (var record in records)
            AssertEndedAsPromised(record);
        foreach (var resource in _attempts.Values.SelectMany(attempt => attempt.Reservations, (attempt, reservation) => (attempt, reservation)).GroupBy(use => use.reservation.Resource, StringComparer.Ordinal))
            AssertExclusion(resource.OrderBy(use => use.attempt.Claim.Key.Fence));
    }

    public override string ToString() =>
        $"{_calls} calls, {_setbacks} of them failed and were repeated ({_unknownOutcomes} with an unknown outcome); {_acknowledged.Count} jobs, {_attempts.Count} attempts, {_canceled.Count} cancels, {_stopped.Count} workers stopped";

    private void AssertEndedAsPromised(JobRecord record)
    {
        Assert.True(record.State.IsFinal(), $"'{record.Id}' is still {record.State}.");
        Assert.True(record.State == JobState.Canceled || !_canceled.ContainsKey(record.Id), $"'{record.Id}' was canceled and is {record.State}.");
        if (_settled.TryGetValue(record.Id, out var settled))
            Assert.True(record.State == settled || (record.State == JobState.Canceled && _askedToCancel.ContainsKey(record.Id)), $"'{record.Id}' was settled as {settled} and is {record.State}.");
        else
            Assert.True(record.State == JobState.Canceled || record.Reason == JobReasons.WorkerLost, $"'{record.Id}' is {record.State} ({record.Reason}) and nobody settled it.");
    }

    /// <summary>In the order of their fences: whoever is in the way of the next one ended before that began, and no capacity is exceeded.</summary>
    private static void AssertExclusion(IEnumerable<(StormAttempt Attempt, Reservation Reservation)> uses)
    {
        var (lastExclusive, last) = (long.MinValue, long.MinValue);
        var sharing = new List<StormAttempt>();
        foreach (var (attempt, reservation) in uses)
        {
            var free = reservation.Mode == ReservationMode.Exclusive ? last : lastExclusive;
            Assert.True(free <= attempt.Began, $"{attempt} began while another one held '{reservation.Resource}'.");
            last = Math.Max(last, attempt.Ended!.Value);
            if (reservation.Mode == ReservationMode.Exclusive)
            {
                lastExclusive = last;
                continue;
            }
            sharing.RemoveAll(other => other.Ended <= attempt.Began);
            sharing.Add(attempt);
            Assert.True(!(reservation.Capacity < sharing.Count), $"{attempt} is one too many in '{reservation.Resource}', which takes {reservation.Capacity}.");
        }
    }
}
