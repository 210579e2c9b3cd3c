using Dibs.Stores;

namespace Dibs.Tests.Simulation;

/// <summary>A store whose every step goes through one place.</summary>
internal abstract class SteppedStore(string @namespace) : IJobStore
{
    public string Namespace => @namespace;

    public ValueTask<StoreDescription> OpenAsync(CancellationToken cancellationToken) => StepAsync("open", store => store.OpenAsync(cancellationToken));
    public ValueTask<EnqueueReply> EnqueueAsync(IReadOnlyList<NewJob> jobs, CancellationToken cancellationToken) => StepAsync("enqueue", store => store.EnqueueAsync(jobs, cancellationToken));
    public async ValueTask RegisterAsync(WorkerRegistration worker, CancellationToken cancellationToken) => await StepAsync("register", async store =>
    {
        await store.RegisterAsync(worker, cancellationToken);
        return true;
    });

    public ValueTask<ExchangeReply> ExchangeAsync(ExchangeRequest request, CancellationToken cancellationToken) => StepAsync("exchange", store => store.ExchangeAsync(request, cancellationToken));
    public ValueTask<HeartbeatReply> HeartbeatAsync(HeartbeatRequest request, CancellationToken cancellationToken) => StepAsync("heartbeat", store => store.HeartbeatAsync(request, cancellationToken));
    public ValueTask<RescueReply> RescueAsync(ObservedBeat observed, CancellationToken cancellationToken) => StepAsync("rescue", store => store.RescueAsync(observed, cancellationToken));
    public async ValueTask ReportAsync(IReadOnlyList<JobReport> reports, CancellationToken cancellationToken) => await StepAsync("report", async store =>
    {
        await store.ReportAsync(reports, cancellationToken);
        return true;
    });

    public ValueTask<ChangeReply> ChangeAsync(ChangeKind change, IReadOnlyList<string> ids, CancellationToken cancellationToken) => StepAsync("change", store => store.ChangeAsync(change, ids, cancellationToken));
    public ValueTask<IReadOnlyList<StoredJob>> GetAsync(IReadOnlyList<string> ids, JobParts parts, CancellationToken cancellationToken) => StepAsync("get", store => store.GetAsync(ids, parts, cancellationToken));
    public ValueTask<JobPage> ListAsync(JobQuery query, CancellationToken cancellationToken) => StepAsync("list", store => store.ListAsync(query, cancellationToken));
    public ValueTask<WhyRecord?> WhyAsync(string id, CancellationToken cancellationToken) => StepAsync("why", store => store.WhyAsync(id, cancellationToken));
    public ValueTask<Survey> SurveyAsync(SurveyParts parts, CancellationToken cancellationToken) => StepAsync("survey", store => store.SurveyAsync(parts, cancellationToken));
    public ValueTask<VerifyReply> VerifyAsync(string? cursor, bool repair, CancellationToken cancellationToken) => StepAsync("verify", store => store.VerifyAsync(cursor, repair, cancellationToken));
    public ValueTask<TendReply> TendAsync(Retention retention, CancellationToken cancellationToken) => StepAsync("tend", store => store.TendAsync(retention, cancellationToken));
    public abstract IWakeUp Listen(WakeFilter filter);
    public abstract ValueTask DisposeAsync();

    /// <summary>Does a step, whose name is given, on a store.</summary>
    protected abstract ValueTask<T> StepAsync<T>(string name, Func<IJobStore, ValueTask<T>> step);
}
