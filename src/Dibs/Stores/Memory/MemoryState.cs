using Dibs.Reservations;

namespace Dibs.Stores.Memory;

/// <summary>One namespace in memory, and every step that changes it. One step at a time.</summary>
internal sealed partial class MemoryState : IHeartEvents
{
    private readonly string _namespace;
    private readonly Heart _heart;
    private readonly ReadyQueues _ready = new();
    private readonly Dictionary<string, MemoryJob> _jobs = new(StringComparer.Ordinal);
    private readonly SortedSet<MemoryJob> _scheduled = new(By(job => job.RunAt!.Value));
    private readonly SortedSet<MemoryJob> _final = new(By(job => job.FinishedAt!.Value));
    private long _sequence;
    private long _readyAt;
    private long _fence;

    public MemoryState(string @namespace)
    {
        _namespace = @namespace;
        _heart = new Heart(this);
    }

    /// <summary>The store's time of this step, in microseconds since 1970.</summary>
    public long Now { get; set; }

    /// <summary>What this step made happen.</summary>
    public Hints Hints { get; private set; } = new();

    private bool More => _heart.PendingCount > 0;

    private StoreMark Mark => new(_heart.LastTicket, _fence);

    public Hints TakeHints()
    {
        var hints = Hints;
        if (!hints.IsEmpty)
            Hints = new Hints();
        return hints;
    }

    public EnqueueReply Enqueue(IReadOnlyList<NewJob> jobs)
    {
        var judgements = Judge(jobs);
        if (Array.Exists(judgements, judgement => judgement.Outcome is EnqueueOutcome.IdConflict or EnqueueOutcome.UnknownDependency))
        {
            return new EnqueueReply(
                [.. jobs.Zip(judgements, (job, judgement) => new Enqueued(job.Id, judgement.Outcome, _jobs.GetValueOrDefault(job.Id)?.State, judgement.Dependency))], More, Mark);
        }
        var stored = new MemoryJob[jobs.Count];
        for (var i = 0; i < stored.Length; i++)
            stored[i] = judgements[i].Outcome == EnqueueOutcome.Existed ? _jobs[jobs[i].Id] : Add(jobs[i], requeueOf: null);
        _heart.Work(Limits.UnitsPerStep);
        var answers = new Enqueued[stored.Length];
        for (var i = 0; i < answers.Length; i++)
            answers[i] = new Enqueued(stored[i].Id, judgements[i].Outcome == EnqueueOutcome.Existed ? EnqueueOutcome.Existed : EnqueueOutcome.Stored, stored[i].State);
        return new EnqueueReply(answers, More, Mark);
    }

    public ChangeReply Change(ChangeKind change, IReadOnlyList<string> ids)
    {
        var answers = ids.Select(id => change switch
        {
            ChangeKind.QuietWorker => Ask(id, WorkerRequest.Quiet),
            ChangeKind.StopWorker => Ask(id, WorkerRequest.Stop),
            ChangeKind.Cancel => _jobs.TryGetValue(id, out var job) ? Cancel(job) : new Changed(id, ChangeOutcome.Unknown),
            ChangeKind.Requeue => _jobs.TryGetValue(id, out var job) ? Requeue(job) : new Changed(id, ChangeOutcome.Unknown),
        }).ToArray();
        _heart.Work(Limits.UnitsPerStep);
        return new ChangeReply([.. answers.Select(answer => answer.State is null ? answer : answer with { State = _jobs[answer.Id].State })], More);
    }

    public TendReply Tend(Retention retention)
    {
        var spent = 0;
        var (promoted, pruned) = (0, 0);
        for (; spent < Limits.UnitsPerStep && NextDue() is { } job; spent++, promoted++)
            Promote(job);
        for (; spent < Limits.UnitsPerStep && NextToPrune(retention) is { } job; spent++, pruned++)
            Prune(job);
        _heart.Work(Limits.UnitsPerStep - spent);
        var dueIn = _scheduled.Min is { } next ? TimeSpan.FromMicroseconds(Math.Max(0, next.RunAt!.Value - Now)) : (TimeSpan?)null;
        return new TendReply(promoted, pruned, dueIn, More || NextDue() is not null || NextToPrune(retention) is not null);
    }

    void IHeartEvents.Admitted(HeartJob entry)
    {
        var job = (MemoryJob)entry;
        job.State = JobState.Blocked;
        job.AdmittedAt = Now;
    }

    void IHeartEvents.Ready(HeartJob entry)
    {
        var job = (MemoryJob)entry;
        BecomeReady(job);
        MakeReady(job);
    }

    void IHeartEvents.Broken(HeartJob entry)
    {
        var job = (MemoryJob)entry;
        if (job.State == JobState.Scheduled)
            _scheduled.Remove(job);
        Finish(job, JobState.Canceled, JobReasons.Dependency);
    }

    private static Comparer<MemoryJob> By(Func<MemoryJob, long> time) => Comparer<MemoryJob>.Create((a, b) =>
        time(a).CompareTo(time(b)) is var byTime && byTime != 0 ? byTime : a.Sequence.CompareTo(b.Sequence));

    /// <summary>What is to become of each job of a call: it is there already, it cannot be stored, or nothing speaks against it.</summary>
    private (EnqueueOutcome Outcome, string? Dependency)[] Judge(IReadOnlyList<NewJob> jobs)
    {
        var judgements = new (EnqueueOutcome, string?)[jobs.Count];
        var digests = new Dictionary<string, ReadOnlyMemory<byte>>(jobs.Count, StringComparer.Ordinal);
        for (var i = 0; i < judgements.Length; i++)
        {
            var job = jobs[i];
            if (_jobs.TryGetValue(job.Id, out var stored) || !digests.TryAdd(job.Id, job.Digest))
            {
                var digest = stored?.Source.Digest ?? digests[job.Id];
                judgements[i] = (digest.Span.SequenceEqual(job.Digest.Span) ? EnqueueOutcome.Existed : EnqueueOutcome.IdConflict, null);
            }
            else
            {
                var unknown = job.After.Count == 0 ? null : job.After.FirstOrDefault(id => id == job.Id || (!_jobs.ContainsKey(id) && !digests.ContainsKey(id)));
                judgements[i] = (unknown is null ? EnqueueOutcome.NotStored : EnqueueOutcome.UnknownDependency, unknown);
            }
        }
        return judgements;
    }

    private MemoryJob Add(NewJob source, string? requeueOf)
    {
        var runAt = source.RunAt is { } at ? StoreTime.ToMicroseconds(at) : source.Delay is { } delay ? Now + (long)delay.TotalMicroseconds : (long?)null;
        var job = new MemoryJob(++_sequence, source, Now, runAt)
        {
            RequeueOf = requeueOf,
            State = runAt > Now ? JobState.Scheduled : JobState.Blocked,
            After = source.After.Count == 0 ? [] : [.. source.After.Select(id => _jobs[id])],
        };
        _jobs.Add(job.Id, job);
        _heart.Add(job, job.After, due: job.State == JobState.Blocked);
        if (job.State == JobState.Scheduled)
        {
            _scheduled.Add(job);
            Hints.Scheduled = true;
        }
        return job;
    }

    private Changed Cancel(MemoryJob job)
    {
        if (job.State.IsFinal())
            return new Changed(job.Id, ChangeOutcome.NotPossible, job.State);
        if (job.State == JobState.Canceling)
            return new Changed(job.Id, ChangeOutcome.Already, job.State);
        if (job.State == JobState.Running)
        {
            job.State = JobState.Canceling;
            job.CancelingAt = Now;
            Hints.Incarnations.Add(job.Worker!.Registration.Incarnation);
        }
        else
        {
            if (job.State == JobState.Scheduled)
                _scheduled.Remove(job);
            else if (job.State == JobState.Ready)
                _ready.Remove(job);
            _heart.End(job, completed: false);
            Finish(job, JobState.Canceled, JobReasons.Canceled);
        }
        return new Changed(job.Id, ChangeOutcome.Done, job.State);
    }

    private Changed Requeue(MemoryJob job)
    {
        if (!job.State.IsFinal())
            return new Changed(job.Id, ChangeOutcome.NotPossible, job.State);
        var id = RequeueId.After(job.Id);
        if (_jobs.TryGetValue(id, out var known))
            return new Changed(id, ChangeOutcome.Already, known.State);
        var again = Add(job.Source with { Id = id, After = [], Delay = null, RunAt = null }, job.Id);
        return new Changed(id, ChangeOutcome.Done, again.State);
    }

    private MemoryJob? NextDue() => _scheduled.Min is { } job && job.RunAt <= Now ? job : null;

    private void Promote(MemoryJob job)
    {
        _scheduled.Remove(job);
        job.State = JobState.Blocked;
        _heart.BecomeDue(job);
    }

    private MemoryJob? NextToPrune(Retention retention)
    {
        var recent = Now - (long)Retention.Minimum.TotalMicroseconds;
        var old = Now - (long)retention.Age.TotalMicroseconds;
        foreach (var job in _final)
        {
            if (job.FinishedAt > recent || (job.FinishedAt > old && _final.Count <= retention.Count))
                return null;
            if (!job.IsPending)
                return job;
        }
        return null;
    }

    private void Prune(MemoryJob job)
    {
        _heart.Remove(job, job.After);
        _final.Remove(job);
        _jobs.Remove(job.Id);
    }

    private void BecomeReady(MemoryJob job) => job.BecomeReady(_readyAt = Math.Max(_readyAt, Now));

    private void MakeReady(MemoryJob job)
    {
        job.State = JobState.Ready;
        _ready.Add(job);
        Hints.Queues.Add(job.Source.Queue);
    }

    private void Finish(MemoryJob job, JobState state, string? reason)
    {
        job.State = state;
        job.Reason = reason;
        job.FinishedAt = Now;
        _final.Add(job);
        Hints.Jobs.Add(job.Id);
    }
}
