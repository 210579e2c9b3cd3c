using Dibs.JobHosts;

namespace Dibs.Stores.Memory;

/// <summary>
/// A store in the memory of this process: the heart, a clock and a lock. What it holds is gone with the process. It is the
/// reference that every other store is compared with, step by step.
/// </summary>
/// <param name="namespace">The namespace.</param>
/// <param name="time">The clock of the store.</param>
public sealed class MemoryJobStore(string @namespace, TimeProvider time) : IJobStore
{
    private readonly Lock _lock = new();
    private readonly MemoryState _state = new(@namespace);
    private readonly WakeUps _wakeUps = new(time);

    /// <inheritdoc/>
    public string Namespace => @namespace;

    /// <inheritdoc/>
    /// <exception cref="DibsConfigurationException">This process is a job host: what it wrote would be gone with it, and no worker would see it.</exception>
    public ValueTask<StoreDescription> OpenAsync(CancellationToken cancellationToken) => HostPipes.Inherited is null
        ? new(new StoreDescription("memory", "memory:", 1))
        : throw new DibsConfigurationException("store-out-of-reach", "the store is in the memory of the worker's process, which a job host does not reach; use another store, or isolation 'none'");

    /// <inheritdoc/>
    public ValueTask<EnqueueReply> EnqueueAsync(IReadOnlyList<NewJob> jobs, CancellationToken cancellationToken) => Step(state => state.Enqueue(jobs));

    /// <inheritdoc/>
    public ValueTask RegisterAsync(WorkerRegistration worker, CancellationToken cancellationToken)
    {
        Do(state => state.Register(worker));
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<ExchangeReply> ExchangeAsync(ExchangeRequest request, CancellationToken cancellationToken) => Step(state => state.Exchange(request));

    /// <inheritdoc/>
    public ValueTask<HeartbeatReply> HeartbeatAsync(HeartbeatRequest request, CancellationToken cancellationToken) => Step(state => state.Heartbeat(request));

    /// <inheritdoc/>
    public ValueTask<RescueReply> RescueAsync(ObservedBeat observed, CancellationToken cancellationToken) => Step(state => state.Rescue(observed));

    /// <inheritdoc/>
    public ValueTask ReportAsync(IReadOnlyList<JobReport> reports, CancellationToken cancellationToken)
    {
        Do(state => state.Report(reports));
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<ChangeReply> ChangeAsync(ChangeKind change, IReadOnlyList<string> ids, CancellationToken cancellationToken) => Step(state => state.Change(change, ids));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<StoredJob>> GetAsync(IReadOnlyList<string> ids, JobParts parts, CancellationToken cancellationToken) => Step(state => state.Get(ids, parts));

    /// <inheritdoc/>
    public ValueTask<JobPage> ListAsync(JobQuery query, CancellationToken cancellationToken) => Step(state => state.List(query));

    /// <inheritdoc/>
    public ValueTask<WhyRecord?> WhyAsync(string id, CancellationToken cancellationToken) => Step(state => state.Why(id));

    /// <inheritdoc/>
    public ValueTask<Survey> SurveyAsync(SurveyParts parts, CancellationToken cancellationToken) => Step(state => state.Survey(parts));

    /// <inheritdoc/>
    public ValueTask<VerifyReply> VerifyAsync(string? cursor, bool repair, CancellationToken cancellationToken) => Step(state => state.Verify());

    /// <inheritdoc/>
    public ValueTask<TendReply> TendAsync(Retention retention, CancellationToken cancellationToken) => Step(state => state.Tend(retention));

    /// <inheritdoc/>
    public IWakeUp Listen(WakeFilter filter) => _wakeUps.Listen(filter);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private ValueTask<T> Step<T>(Func<MemoryState, T> step) => new(Do(step));

    private T Do<T>(Func<MemoryState, T> step)
    {
        T result;
        Hints hints;
        lock (_lock)
        {
            _state.Now = StoreTime.ToMicroseconds(time.GetUtcNow());
            result = step(_state);
            hints = _state.TakeHints();
        }
        _wakeUps.Wake(hints);
        return result;
    }
}
