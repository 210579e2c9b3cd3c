namespace Dibs.Stores.Memory;

internal sealed partial class MemoryState
{
    /// <summary>Every so many claims of an incarnation, the next one looks at all its queues, so that none of them starves.</summary>
    private const int FairClaimEvery = 8;

    private const int UnnamedBeatsAllowed = 1;
    private const int StalestShown = 256;

    private readonly Dictionary<string, MemoryWorker> _workers = new(StringComparer.Ordinal);
    private readonly SortedDictionary<long, MemoryWorker> _byBeatOrder = [];
    private long _beatOrder;

    public bool Register(WorkerRegistration registration)
    {
        if (_workers.TryGetValue(registration.Incarnation, out var known))
        {
            known.Registration = registration;
            return false;
        }
        var worker = new MemoryWorker(registration, Now);
        _workers.Add(registration.Incarnation, worker);
        MoveToLatest(worker);
        return true;
    }

    public ExchangeReply Exchange(ExchangeRequest request)
    {
        var worker = _workers.GetValueOrDefault(request.Incarnation);
        if (worker?.LastExchange is { } last)
        {
            if (request.Number == last.Number)
                return last.Reply;
            if (request.Number < last.Number)
                throw new JobConflictException("stale-exchange", $"Exchange {request.Number} of worker '{worker.Registration.Name}' came after exchange {last.Number}; begin a new incarnation.");
        }
        var refused = request.Settlements.Where(settlement => !Settle(settlement)).Select(settlement => settlement.Key).ToArray();
        _heart.Work(Limits.UnitsPerStep);
        var mark = Mark;
        var mayClaim = worker is { MayClaim: true };
        var reply = new ExchangeReply
        {
            Claims = mayClaim ? Claim(worker!, request.Claims) : [],
            Refused = refused,
            Known = worker is not null,
            More = More,
            ReadyLeft = mayClaim && _ready.Any(worker!.Registration.Queues),
            Due = NextDue() is not null,
            Mark = mark,
        };
        if (worker is not null)
            worker.LastExchange = (request.Number, reply);
        return reply;
    }

    public HeartbeatReply Heartbeat(HeartbeatRequest request)
    {
        var lost = request.Held.Where(key => Running(key)?.Worker?.Registration.Incarnation != request.Incarnation).ToArray();
        if (!_workers.TryGetValue(request.Incarnation, out var worker))
            return new HeartbeatReply { Known = false, Canceling = [], Lost = lost, Asked = WorkerRequest.None, Stalest = Stalest(null), More = More, Mark = Mark };
        worker.Beat++;
        worker.BeatAt = Now;
        (worker.Memory, worker.Overdue) = (request.Memory, request.Overdue);
        MoveToLatest(worker);
        var budget = Limits.UnitsPerStep;
        if (request.Leaving)
            budget -= EndAttempts(worker);
        else if (request.Counts)
            budget -= EndUnnamed(worker, request.Held);
        _heart.Work(budget);
        return new HeartbeatReply
        {
            Known = true,
            Canceling = [.. worker.Jobs.Where(job => job.State == JobState.Canceling).Select(job => job.Key)],
            Lost = lost,
            Asked = worker.Asked,
            Stalest = Stalest(worker),
            More = More || (request.Leaving && worker.Jobs.Count > 0),
            Mark = Mark,
        };
    }

    public RescueReply Rescue(ObservedBeat observed)
    {
        if (!_workers.TryGetValue(observed.Incarnation, out var worker) || worker.Beat != observed.Beat)
            return new RescueReply(true, [], null, More);
        var jobs = worker.Jobs.Take(Limits.UnitsPerStep).Select(job => job.Key).ToArray();
        _heart.Work(Limits.UnitsPerStep - EndAttempts(worker));
        return new RescueReply(false, jobs, worker.Registration.Name, More || worker.Jobs.Count > 0);
    }

    public bool Report(IReadOnlyList<JobReport> reports)
    {
        foreach (var report in reports)
            Running(report.Key)?.Apply(report);
        return true;
    }

    private MemoryJob? Running(AttemptKey key) =>
        _jobs.TryGetValue(key.JobId, out var job) && job.State.IsRunning() && job.Key == key ? job : null;

    private bool Settle(Settlement settlement)
    {
        if (Running(settlement.Key) is not { } job)
            return false;
        EndAttempt(job, Verdict.Of(settlement, job.Ending));
        if (job.Ended)
            (job.Result, job.Exit) = (settlement.Result, settlement.Exit);
        return true;
    }

    private void EndAttempt(MemoryJob job, Verdict verdict)
    {
        job.EndAttempt(verdict, Now);
        if (verdict.State == JobState.Ready)
        {
            if (verdict.IsRetry)
                BecomeReady(job);
            MakeReady(job);
            return;
        }
        job.Error = verdict.Error;
        _heart.End(job, verdict.State == JobState.Completed);
        Finish(job, verdict.State, verdict.Reason);
    }

    private void LoseAttempt(MemoryJob job)
    {
        Hints.Incarnations.Add(job.Worker!.Registration.Incarnation);
        EndAttempt(job, Verdict.WorkerLost(job.Ending));
    }

    private Claim[] Claim(MemoryWorker worker, int most)
    {
        var claims = new List<Claim>();
        while (claims.Count < most && _ready.Next(worker.Registration.Queues, fair: (worker.ClaimCount + 1) % FairClaimEvery == 0) is { } job)
        {
            worker.ClaimCount++;
            _ready.Remove(job);
            _fence = Math.Max(_fence + 1, Now);
            job.BeginAttempt(worker, _fence, Now);
            claims.Add(new Claim { Key = job.Key, Method = job.Source.Method, Content = job.Source.Content, Queue = job.Source.Queue });
        }
        return [.. claims];
    }

    private int EndUnnamed(MemoryWorker worker, IReadOnlyList<AttemptKey> held)
    {
        var named = held.ToHashSet();
        foreach (var job in worker.Jobs)
            job.Unnamed = named.Contains(job.Key) ? 0 : job.Unnamed + 1;
        var lost = worker.Jobs.Where(job => job.Unnamed > UnnamedBeatsAllowed).Take(Limits.UnitsPerStep).ToArray();
        foreach (var job in lost)
            LoseAttempt(job);
        return lost.Length;
    }

    /// <summary>Ends attempts of a worker that is gone, up to the budget, and forgets the worker when none is left.</summary>
    private int EndAttempts(MemoryWorker worker)
    {
        var lost = worker.Jobs.Take(Limits.UnitsPerStep).ToArray();
        foreach (var job in lost)
            LoseAttempt(job);
        if (worker.Jobs.Count == 0)
        {
            _workers.Remove(worker.Registration.Incarnation);
            _byBeatOrder.Remove(worker.BeatOrder);
        }
        return lost.Length;
    }

    /// <summary>Asks all incarnations of a name, each of which keeps the most that was asked of it.</summary>
    private Changed Ask(string name, WorkerRequest request)
    {
        var named = _workers.Values.Where(worker => worker.Registration.Name == name).ToArray();
        if (named.Length == 0)
            return new Changed(name, ChangeOutcome.Unknown);
        var asked = named.Where(worker => worker.Asked < request).ToArray();
        foreach (var worker in asked)
        {
            worker.Asked = request;
            Hints.Incarnations.Add(worker.Registration.Incarnation);
        }
        return new Changed(name, asked.Length > 0 ? ChangeOutcome.Done : ChangeOutcome.Already, Asked: named.Min(worker => worker.Asked));
    }

    private void MoveToLatest(MemoryWorker worker)
    {
        _byBeatOrder.Remove(worker.BeatOrder);
        worker.BeatOrder = ++_beatOrder;
        _byBeatOrder.Add(worker.BeatOrder, worker);
    }

    private ObservedBeat[] Stalest(MemoryWorker? except) =>
        [.. _byBeatOrder.Values.Where(worker => worker != except).Take(StalestShown)
            .Select(worker => new ObservedBeat(worker.Registration.Incarnation, worker.Beat, worker.Registration.Lease))];
}
