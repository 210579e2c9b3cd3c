using Dibs.Stores;
using Dibs.Tests.Support;

namespace Dibs.Tests.Model;

/// <summary>One random step of a trace: numbers that become a call when they meet the state of the trace.</summary>
internal abstract record StoreOperation
{
    public abstract StoreCall Resolve(StoreTraceState state);
}

/// <summary>A new job, in numbers.</summary>
internal sealed record TraceJob(
    IReadOnlyList<Reservation> Reservations, IReadOnlyList<int> After, TimeSpan? Delay, bool AtTime, int Priority, string Queue, bool Labeled, bool Retryable);

/// <summary>What is odd about an enqueue.</summary>
internal enum EnqueueTwist
{
    None,
    UnknownDependency,
    TakenId,
    SameJobAgain,
}

internal sealed record EnqueueOperation(IReadOnlyList<TraceJob> Jobs, EnqueueTwist Twist, int Pick) : StoreOperation
{
    public override StoreCall Resolve(StoreTraceState state)
    {
        var known = state.Ids.Count;
        var ids = state.Ids.ToList();
        var jobs = new List<NewJob>();
        foreach (var job in Jobs)
        {
            jobs.Add(Make(job, $"j{++state.JobsMade}", ids, state.Now));
            ids.Add(jobs[^1].Id);
        }

        jobs[^1] = Twist switch
        {
            EnqueueTwist.None => jobs[^1],
            EnqueueTwist.UnknownDependency => jobs[^1] with { After = [.. jobs[^1].After, "nobody"] },
            EnqueueTwist.TakenId => jobs[^1] with { Id = known == 0 ? jobs[^1].Id : ids[Pick % known] },
            EnqueueTwist.SameJobAgain => jobs[0],
        };
        return StoreCall.Of(
            $"enqueue {string.Join(", ", jobs.Select(Describe))}",
            store => store.EnqueueAsync(jobs, default),
            state.Learn);
    }

    private static NewJob Make(TraceJob job, string id, List<string> ids, DateTimeOffset now)
    {
        var labels = job.Labeled ? new Dictionary<string, string> { ["odd"] = "yes" } : [];
        return SampleJobs.Job(
            id,
            after: ids.Count == 0 ? [] : [.. job.After.Select(pick => ids[^((pick % Math.Min(ids.Count, 10)) + 1)]).Distinct()],
            queue: job.Queue,
            priority: job.Priority,
            delay: job.AtTime ? null : job.Delay,
            runAt: job.AtTime ? now + job.Delay : null,
            content: $$"""{"args":["{{id}}"]}""",
            labels: labels,
            onWorkerLost: job.Retryable ? OnWorkerLost.Retry : OnWorkerLost.Fail) with
        { Reservations = job.Reservations };
    }

    private static string Describe(NewJob job)
    {
        var parts = job.Reservations.Select(ReservationText.Of).ToList();
        if (job.After.Count > 0)
            parts.Add($"after {string.Join('+', job.After)}");
        if (job.Delay is not null || job.RunAt is not null)
            parts.Add($"due {job.RunAt?.ToString("HH:mm:ss.fff", null) ?? $"in {job.Delay}"}");
        if (job.Priority != 0)
            parts.Add($"priority {job.Priority}");
        if (job.OnWorkerLost == OnWorkerLost.Retry)
            parts.Add("retryable");
        return $"{job.Id}@{job.Queue} ({string.Join("; ", parts)})";
    }
}

/// <summary>A job that many others wait for, so that one step cannot do all that its end causes.</summary>
internal sealed record CrowdOperation(int Count, string Resource, int? Capacity, bool After) : StoreOperation
{
    public override StoreCall Resolve(StoreTraceState state)
    {
        var gate = SampleJobs.Job($"j{++state.JobsMade}", exclusive: [Resource], priority: Limits.Priority);
        var crowd = Enumerable.Range(0, Count).Select(_ => After
            ? SampleJobs.Job($"j{++state.JobsMade}", after: [gate.Id])
            : SampleJobs.Job($"j{++state.JobsMade}", shared: [new(Resource, Capacity)]));
        NewJob[] jobs = [gate, .. crowd];
        var wait = After ? $"after {gate.Id}" : $"Shared {Resource}={Capacity}";
        return StoreCall.Of(
            $"enqueue {gate.Id} (Exclusive {Resource}) and {Count} jobs up to {jobs[^1].Id} ({wait})",
            store => store.EnqueueAsync(jobs, default),
            state.Learn);
    }
}

/// <summary>The end of an attempt, in numbers. A stale one settles an attempt that the worker has settled before.</summary>
internal sealed record TraceSettlement(int Pick, SettleOutcome Outcome, bool Stale);

/// <summary>An exchange; of a worker that the store does not know mostly a new registration, as a worker does.</summary>
internal sealed record ExchangeOperation(int Worker, IReadOnlyList<TraceSettlement> Settlements, int Claims, bool Insist) : StoreOperation
{
    public override StoreCall Resolve(StoreTraceState state)
    {
        var worker = state.Workers[Worker];
        if (!worker.Known && !Insist)
            return new RegisterOperation(Worker, NewIncarnation: true, ServesAll: true).Resolve(state);
        var settlements = Settlements
            .Select(settlement => (settlement, From: settlement.Stale ? worker.Ended : worker.Running))
            .Where(pair => pair.From.Count > 0)
            .Select(pair => Settle(pair.settlement, pair.From[pair.settlement.Pick % pair.From.Count]))
            .DistinctBy(settlement => settlement.Key)
            .ToArray();
        var request = new ExchangeRequest
        {
            Incarnation = worker.Registration.Incarnation,
            Number = worker.LastNumber + 1,
            Settlements = settlements,
            Claims = Claims,
        };
        var ended = string.Join(", ", settlements.Select(settlement => $"{settlement.Outcome} {settlement.Key.JobId}#{settlement.Key.Attempt}"));
        return StoreCall.Of(
            $"exchange {request.Number} of {request.Incarnation}: {ended}; {Claims} claims",
            store => store.ExchangeAsync(request, default),
            reply => worker.Learn(request, reply));
    }

    /// <summary>A result comes with any outcome: what a store keeps of it must not depend on what workers usually send.</summary>
    private static Settlement Settle(TraceSettlement settlement, Claim claim) => TestWorker.Ended(claim, settlement.Outcome) with
    {
        Result = settlement.Pick % 3 > 0 ? "[1]"u8.ToArray() : default(ReadOnlyMemory<byte>?),
        Exit = settlement.Outcome is SettleOutcome.Failed or SettleOutcome.Crashed ? new ExitRecord { Code = 3 } : null,
        Error = settlement.Outcome is SettleOutcome.Failed or SettleOutcome.Crashed || settlement.Pick % 5 == 0
            ? new JobError { Type = "exit", Message = "It ended with 3.", Detail = settlement.Pick % 2 == 0 ? $"Words {settlement.Pick % 7}" : null }
            : null,
    };
}

internal sealed record RegisterOperation(int Worker, bool NewIncarnation, bool ServesAll) : StoreOperation
{
    public override StoreCall Resolve(StoreTraceState state)
    {
        var worker = state.Workers[Worker];
        if (NewIncarnation)
            worker.BeginIncarnation(ServesAll ? ["default", "second", "third"] : ["second", "default"]);
        var registration = worker.Registration;
        return StoreCall.Of($"register {registration.Incarnation} for {string.Join(", ", registration.Queues)}", async store =>
        {
            await store.RegisterAsync(registration, default);
            return "registered";
        });
    }
}

internal sealed record HeartbeatOperation(int Worker, int NameMask, bool Leaving) : StoreOperation
{
    public override StoreCall Resolve(StoreTraceState state)
    {
        var worker = state.Workers[Worker];
        var request = new HeartbeatRequest
        {
            Incarnation = worker.Registration.Incarnation,
            Held = [.. worker.Running.Where((_, index) => (NameMask >> (index % 16) & 1) == 1).Select(claim => claim.Key)],
            Memory = NameMask & 0xFFFF,
            Counts = NameMask % 4 != 3,
            Leaving = Leaving,
        };
        var held = string.Join(", ", request.Held.Select(key => $"{key.JobId}#{key.Attempt}"));
        return StoreCall.Of(
            $"heartbeat of {request.Incarnation} with {held}{(request.Counts ? "" : ", not counting")}{(Leaving ? ", leaving" : "")}",
            store => store.HeartbeatAsync(request, default),
            reply => worker.Learn(request, reply));
    }
}

internal sealed record RescueOperation(int Worker, bool BeatMoved) : StoreOperation
{
    public override StoreCall Resolve(StoreTraceState state)
    {
        var worker = state.Workers[Worker];
        var beat = BeatMoved ? worker.Beat - 1 : worker.Beat;
        var observed = new ObservedBeat(worker.Registration.Incarnation, beat, worker.Registration.Lease);
        return StoreCall.Of($"rescue {observed.Incarnation} at beat {observed.Beat}", store => store.RescueAsync(observed, default));
    }
}

internal sealed record ChangeOperation(ChangeKind Change, IReadOnlyList<int> Picks) : StoreOperation
{
    public override StoreCall Resolve(StoreTraceState state)
    {
        string[] ids = [.. Picks.Select(state.RecentId)];
        return StoreCall.Of(
            $"{Change} {string.Join(", ", ids)}",
            store => store.ChangeAsync(Change, ids, default),
            state.Learn);
    }
}

/// <summary>Something is asked of a worker, or of one that nobody knows.</summary>
internal sealed record AskOperation(ChangeKind Request, int Worker) : StoreOperation
{
    public override StoreCall Resolve(StoreTraceState state)
    {
        var name = Worker < state.Workers.Count ? state.Workers[Worker].Registration.Name : "nobody";
        return StoreCall.Of($"{Request} {name}", store => store.ChangeAsync(Request, [name], default));
    }
}

internal sealed record TendOperation(Retention Retention) : StoreOperation
{
    public override StoreCall Resolve(StoreTraceState state) =>
        StoreCall.Of($"tend, keep {Retention.Count} for {Retention.Age}", store => store.TendAsync(Retention, default));
}

internal sealed record ReportOperation(int Worker, int Pick, int Phase, int FirstLine, int Lines) : StoreOperation
{
    public override StoreCall Resolve(StoreTraceState state)
    {
        var worker = state.Workers[Worker];
        var claims = worker.Running.Concat(worker.Ended).ToArray();
        JobReport[] reports = claims.Length == 0 ? [] : [Make(claims[Pick % claims.Length], state.Now)];
        var attempt = reports is [var report] ? $"{report.Key.JobId}#{report.Key.Attempt}" : "nothing";
        return StoreCall.Of($"report of {attempt}, phase {Phase}, {Lines} lines from {FirstLine}", async store =>
        {
            await store.ReportAsync(reports, default);
            return "reported";
        });
    }

    private JobReport Make(Claim claim, DateTimeOffset now) => new()
    {
        Key = claim.Key,
        Progress = [new() { Code = $"phase {Phase}", Message = "Working", Done = FirstLine, State = "running" }],
        Created = [$"made:{Phase}"],
        FirstLine = FirstLine,
        Lines = [.. Enumerable.Range(FirstLine, Lines).Select(n => new LogLine(now, $"line {n}"))],
    };
}

/// <summary>A page after page of a filtered list, which must agree in its ids.</summary>
internal sealed record ListOperation(JobQuery Query) : StoreOperation
{
    public override StoreCall Resolve(StoreTraceState state) => StoreCall.Of($"list {StoreSnapshot.Text(Query)}", async store =>
    {
        var ids = new List<string>();
        string? cursor = null;
        do
        {
            var page = await store.ListAsync(Query with { Cursor = cursor }, default);
            ids.AddRange(page.Jobs.Select(job => job.Record.Id));
            cursor = page.Next;
        }
        while (cursor is not null);
        return ids;
    });
}

/// <summary>One of the last calls again, as after a time-out.</summary>
internal sealed record RepeatOperation(int Pick) : StoreOperation
{
    public override StoreCall Resolve(StoreTraceState state) =>
        state.Remembered(Pick) is { } call
            ? call with { Text = $"again: {call.Text}" }
            : new TendOperation(Retention.Default).Resolve(state);
}

/// <summary>The clock moves: mostly on, rarely back.</summary>
internal sealed record ClockOperation(TimeSpan By) : StoreOperation
{
    public override StoreCall Resolve(StoreTraceState state)
    {
        state.Now += By;
        return StoreCall.Of($"the clock moves by {By}", _ => ValueTask.FromResult(""));
    }
}

/// <summary>The store is closed and opened again: what it keeps must be all there is.</summary>
internal sealed record ReopenOperation : StoreOperation
{
    public override StoreCall Resolve(StoreTraceState state) => StoreCall.Of("reopen", _ => ValueTask.FromResult(""));
}
