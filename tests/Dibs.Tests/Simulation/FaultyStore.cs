using Dibs.Stores;

namespace Dibs.Tests.Simulation;

/// <summary>A store behind a connection that can be made to fail: the named steps go through a fault first.</summary>
internal sealed class FaultyStore(IJobStore store) : IJobStore
{
    /// <summary>Runs around every step with its name; may throw, wait, or lose the answer.</summary>
    public Func<string, Func<ValueTask>, ValueTask> Fault { get; set; } = static (_, step) => step();

    public string Namespace => store.Namespace;

    public static StoreException Unreachable => new("unreachable", "The store cannot be reached.", outcomeUnknown: true);

    public ValueTask<StoreDescription> OpenAsync(CancellationToken cancellationToken) => Through("open", () => store.OpenAsync(cancellationToken));
    public ValueTask<EnqueueReply> EnqueueAsync(IReadOnlyList<NewJob> jobs, CancellationToken cancellationToken) => Through("enqueue", () => store.EnqueueAsync(jobs, cancellationToken));
    public async ValueTask RegisterAsync(WorkerRegistration worker, CancellationToken cancellationToken) => await Through("register", async () =>
    {
        await store.RegisterAsync(worker, cancellationToken);
        return true;
    });

    public ValueTask<ExchangeReply> ExchangeAsync(ExchangeRequest request, CancellationToken cancellationToken) => Through("exchange", () => store.ExchangeAsync(request, cancellationToken));
    public ValueTask<HeartbeatReply> HeartbeatAsync(HeartbeatRequest request, CancellationToken cancellationToken) => Through("heartbeat", () => store.HeartbeatAsync(request, cancellationToken));
    public ValueTask<RescueReply> RescueAsync(ObservedBeat observed, CancellationToken cancellationToken) => Through("rescue", () => store.RescueAsync(observed, cancellationToken));
    public async ValueTask ReportAsync(IReadOnlyList<JobReport> reports, CancellationToken cancellationToken) => await Through("report", async () =>
    {
        await store.ReportAsync(reports, cancellationToken);
        return true;
    });

    public ValueTask<ChangeReply> ChangeAsync(JobChange change, IReadOnlyList<string> ids, CancellationToken cancellationToken) => Through("change", () => store.ChangeAsync(change, ids, cancellationToken));
    public ValueTask<IReadOnlyList<StoredJob>> GetAsync(IReadOnlyList<string> ids, JobParts parts, CancellationToken cancellationToken) => Through("get", () => store.GetAsync(ids, parts, cancellationToken));
    public ValueTask<JobPage> ListAsync(JobQuery query, CancellationToken cancellationToken) => Through("list", () => store.ListAsync(query, cancellationToken));
    public ValueTask<WhyRecord?> WhyAsync(string id, CancellationToken cancellationToken) => Through("why", () => store.WhyAsync(id, cancellationToken));
    public ValueTask<Survey> SurveyAsync(SurveyParts parts, CancellationToken cancellationToken) => Through("survey", () => store.SurveyAsync(parts, cancellationToken));
    public ValueTask<VerifyReply> VerifyAsync(string? cursor, bool repair, CancellationToken cancellationToken) => Through("verify", () => store.VerifyAsync(cursor, repair, cancellationToken));
    public ValueTask<TendReply> TendAsync(Retention retention, CancellationToken cancellationToken) => Through("tend", () => store.TendAsync(retention, cancellationToken));
    public IWakeUp Listen(WakeFilter filter) => store.Listen(filter);
    public ValueTask DisposeAsync() => store.DisposeAsync();

    private async ValueTask<T> Through<T>(string name, Func<ValueTask<T>> step)
    {
        var reply = default(T);
        await Fault(name, async () => reply = await step());
        return reply!;
    }
}
