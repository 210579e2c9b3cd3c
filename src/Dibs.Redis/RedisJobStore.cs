using System.Text.Json;
using Dibs.Redis.Connections;
using Dibs.Redis.Reading;
using Dibs.Redis.Records;
using Dibs.Redis.Scripts;
using Dibs.Redis.Waking;
using Dibs.Stores;
using StackExchange.Redis;

namespace Dibs.Redis;

/// <summary>
/// Jobs in Redis or Valkey, for any number of machines. Every step is one script and one round trip; all keys of a
/// namespace have one hash tag, so that a namespace is in one slot of a Cluster.
/// </summary>
public sealed class RedisJobStore : IJobStore
{
    private readonly RedisLink _link;
    private readonly StepRunner _steps;
    private readonly HintListener _hints;

    /// <summary>A store with connections of its own. It connects when it is opened.</summary>
    /// <param name="address">Where Redis is.</param>
    /// <param name="namespace">The namespace.</param>
    public RedisJobStore(RedisAddress address, string @namespace) : this(new RedisLink(address, @namespace), @namespace)
    {
    }

    /// <summary>A store on a connection of the application, which is never disposed of here.</summary>
    /// <param name="connection">The connection. Heartbeats share it, so a payload that takes long to send delays them.</param>
    /// <param name="prefix">Put in front of every key; empty for none.</param>
    /// <param name="namespace">The namespace.</param>
    public RedisJobStore(IConnectionMultiplexer connection, string prefix, string @namespace) : this(new RedisLink(connection, prefix, @namespace), @namespace)
    {
    }

    internal RedisJobStore(RedisLink link, string @namespace, TimeProvider? clock = null)
    {
        Namespace = @namespace;
        _link = link;
        _steps = new StepRunner(link, clock);
        _hints = new HintListener(link, clock ?? TimeProvider.System);
    }

    /// <inheritdoc/>
    public string Namespace { get; }

    /// <inheritdoc/>
    public async ValueTask<StoreDescription> OpenAsync(CancellationToken cancellationToken)
    {
        var facts = await _link.OpenAsync(cancellationToken);
        await _steps.OpenAsync(cancellationToken);
        return new StoreDescription("redis", _link.Location, StepRunner.Schema) { Warnings = facts.Warnings };
    }

    /// <inheritdoc/>
    public async ValueTask<EnqueueReply> EnqueueAsync(IReadOnlyList<NewJob> jobs, CancellationToken cancellationToken)
    {
        var arguments = new StepArguments().AddAll(jobs, AddJob);
        var reply = await _steps.RunAsync(Script.Enqueue, arguments, Lane.Work, cancellationToken);
        var more = reply.Boolean();
        var mark = Mark(reply);
        var answers = new Enqueued[jobs.Count];
        for (var i = 0; i < answers.Length; i++)
            answers[i] = new Enqueued(jobs[i].Id, (EnqueueOutcome)reply.Int32(), State(reply), reply.TextOrNull());
        return new EnqueueReply(answers, more, mark);
    }

    /// <inheritdoc/>
    public async ValueTask RegisterAsync(WorkerRegistration worker, CancellationToken cancellationToken) =>
        await _steps.RunAsync(
            Script.Register,
            new StepArguments().Add(worker.Incarnation).Add(worker.Name).Add((long)worker.Lease.TotalMicroseconds).Add(RecordWriter.Names(worker.Queues))
                .Add(JsonSerializer.SerializeToUtf8Bytes(worker, RedisJson.Default.WorkerRegistration)),
            Lane.Heartbeat,
            cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<ExchangeReply> ExchangeAsync(ExchangeRequest request, CancellationToken cancellationToken)
    {
        var arguments = new StepArguments().Add(request.Incarnation).Add(request.Number).Add(request.Claims).AddAll(request.Settlements, AddSettlement);
        var reply = await _steps.RunAsync(Script.Exchange, arguments, Lane.Work, cancellationToken);
        if (reply.Text() == "stale")
        {
            var last = reply.Int64();
            throw new JobConflictException("stale-exchange", $"Exchange {request.Number} of worker '{reply.Text()}' came after exchange {last}; begin a new incarnation.");
        }
        return new ExchangeReply
        {
            Known = reply.Boolean(),
            More = reply.Boolean(),
            ReadyLeft = reply.Boolean(),
            Due = reply.Boolean(),
            Mark = Mark(reply),
            Refused = reply.Many(reply.Int32(), item => request.Settlements[item.Int32()].Key),
            Claims = reply.Rest(item => RecordReader.Claim(item.Bytes(), item.Bytes())),
        };
    }

    /// <inheritdoc/>
    public async ValueTask<HeartbeatReply> HeartbeatAsync(HeartbeatRequest request, CancellationToken cancellationToken)
    {
        var arguments = new StepArguments().Add(request.Incarnation).Add(request.Memory).Add(string.Join(' ', request.Overdue)).Add(request.Leaving).Add(request.Counts).AddAll(request.Held, (list, key) => list.Add(key));
        var reply = await _steps.RunAsync(Script.Heartbeat, arguments, Lane.Heartbeat, cancellationToken);
        var (known, more) = (reply.Boolean(), reply.Boolean());
        return new HeartbeatReply
        {
            Known = known,
            More = more,
            Mark = Mark(reply),
            Asked = (WorkerRequest)reply.Int32(),
            Lost = reply.Many(reply.Int32(), item => request.Held[item.Int32()]),
            Canceling = reply.Many(reply.Int32() / 3, item => item.Key()),
            Stalest = reply.Many(reply.Int32() / 3, item => new ObservedBeat(item.Text(), item.Int64(), TimeSpan.FromMicroseconds(item.Int64()))),
        };
    }

    /// <inheritdoc/>
    public async ValueTask<RescueReply> RescueAsync(ObservedBeat observed, CancellationToken cancellationToken)
    {
        var reply = await _steps.RunAsync(Script.Rescue, new StepArguments().Add(observed.Incarnation).Add(observed.Beat), Lane.Heartbeat, cancellationToken);
        var (refused, more, name) = (reply.Boolean(), reply.Boolean(), reply.TextOrNull());
        return new RescueReply(refused, reply.Rest(item => item.Key()), name, more);
    }

    /// <inheritdoc/>
    public async ValueTask ReportAsync(IReadOnlyList<JobReport> reports, CancellationToken cancellationToken) =>
        await _steps.RunAsync(
            Script.Report,
            new StepArguments().Add(Limits.ProgressReports).Add(Limits.CreatedResources).Add(Limits.LogLines).AddAll(reports, AddReport),
            Lane.Work,
            cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<ChangeReply> ChangeAsync(ChangeKind change, IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        var (verb, ofJobs) = change switch
        {
            ChangeKind.Cancel => ("cancel", true),
            ChangeKind.Requeue => ("requeue", true),
            ChangeKind.QuietWorker => ("quiet", false),
            ChangeKind.StopWorker => ("stop", false),
        };
        var arguments = new StepArguments().Add(verb).AddAll(ids, (list, id) => list.Add(id).Add(change == ChangeKind.Requeue ? RequeueId.After(id) : ""));
        var reply = await _steps.RunAsync(Script.Change, arguments, Lane.Work, cancellationToken);
        var more = reply.Boolean();
        return new ChangeReply(reply.Rest(item => ofJobs
            ? new Changed(item.Text(), (ChangeOutcome)item.Int32(), State(item))
            : new Changed(item.Text(), (ChangeOutcome)item.Int32(), Asked: item.Int32() is >= 0 and var asked ? (WorkerRequest)asked : null)), more);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<StoredJob>> GetAsync(IReadOnlyList<string> ids, JobParts parts, CancellationToken cancellationToken) =>
        JobReader.GetAsync(_steps, Namespace, ids, parts, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<JobPage> ListAsync(JobQuery query, CancellationToken cancellationToken) => JobLister.ListAsync(_steps, Namespace, query, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<WhyRecord?> WhyAsync(string id, CancellationToken cancellationToken) => WhyReader.ReadAsync(_steps, id, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Survey> SurveyAsync(SurveyParts parts, CancellationToken cancellationToken) => Surveyor.SurveyAsync(_steps, parts, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<VerifyReply> VerifyAsync(string? cursor, bool repair, CancellationToken cancellationToken) => Verifier.StepAsync(_steps, cursor, repair, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<TendReply> TendAsync(Retention retention, CancellationToken cancellationToken)
    {
        var arguments = new StepArguments().Add((long)retention.Age.TotalMicroseconds).Add((long)Retention.Minimum.TotalMicroseconds).Add(retention.Count);
        var reply = await _steps.RunAsync(Script.Tend, arguments, Lane.Work, cancellationToken);
        var (promoted, pruned, dueIn) = (reply.Int32(), reply.Int32(), reply.Int64());
        return new TendReply(promoted, pruned, dueIn < 0 ? null : TimeSpan.FromMicroseconds(dueIn), reply.Boolean());
    }

    /// <inheritdoc/>
    public IWakeUp Listen(WakeFilter filter) => _hints.Listen(filter);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _link.DisposeAsync();

    private static StoreMark Mark(StepReply reply) => new(reply.Int64(), reply.Int64());

    private static JobState? State(StepReply reply) => reply.Int32() is >= 0 and var state ? (JobState)state : null;

    internal static void AddJob(StepArguments arguments, NewJob job)
    {
        var (head, body) = RecordWriter.NewJob(job);
        arguments.Add(head).Add(body);
        foreach (var id in job.After)
            arguments.Add(id);
    }

    internal static void AddSettlement(StepArguments arguments, Settlement settlement)
    {
        (string Name, RedisValue Value)[] outcomes =
        [
            ("error", settlement.Error is null ? RedisValue.Null : JsonSerializer.SerializeToUtf8Bytes(settlement.Error, RedisJson.Default.JobError)),
            ("result", settlement.Result ?? RedisValue.Null),
            ("exit", settlement.Exit is null ? RedisValue.Null : JsonSerializer.SerializeToUtf8Bytes(settlement.Exit, RedisJson.Default.ExitRecord)),
        ];
        arguments.Add(RecordWriter.Settlement(settlement, outcomes.Count(outcome => !outcome.Value.IsNullOrEmpty)));
        foreach (var (name, value) in outcomes)
        {
            if (!value.IsNullOrEmpty)
                arguments.Add(name).Add(value);
        }
    }

    private static void AddReport(StepArguments arguments, JobReport report)
    {
        var number = report.FirstLine;
        arguments.Add(report.Key).Add(report.FirstLine).Add(report.FirstKeptLine)
            .AddAll(report.Progress, (list, phase) => list.Add(phase.Code).Add(JsonSerializer.SerializeToUtf8Bytes(phase, RedisJson.Default.ProgressRecord)))
            .AddAll(report.Created, (list, name) => list.Add(name))
            .AddAll(report.Lines, (list, line) => list.Add(RecordWriter.Line(number++, line)));
    }
}
