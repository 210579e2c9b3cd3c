using Dibs.Stores;

namespace Dibs.Tests.Clients;

/// <summary>A store that passes everything on, for tests that change one step.</summary>
internal class StoreWrapper(IJobStore inner) : IJobStore
{
    public string Namespace => inner.Namespace;
    public virtual ValueTask<StoreDescription> OpenAsync(CancellationToken cancellationToken) => inner.OpenAsync(cancellationToken);
    public virtual ValueTask<EnqueueReply> EnqueueAsync(IReadOnlyList<NewJob> jobs, CancellationToken cancellationToken) => inner.EnqueueAsync(jobs, cancellationToken);
    public ValueTask RegisterAsync(WorkerRegistration worker, CancellationToken cancellationToken) => inner.RegisterAsync(worker, cancellationToken);
    public ValueTask<ExchangeReply> ExchangeAsync(ExchangeRequest request, CancellationToken cancellationToken) => inner.ExchangeAsync(request, cancellationToken);
    public ValueTask<HeartbeatReply> HeartbeatAsync(HeartbeatRequest request, CancellationToken cancellationToken) => inner.HeartbeatAsync(request, cancellationToken);
    public ValueTask<RescueReply> RescueAsync(ObservedBeat observed, CancellationToken cancellationToken) => inner.RescueAsync(observed, cancellationToken);
    public ValueTask ReportAsync(IReadOnlyList<JobReport> reports, CancellationToken cancellationToken) => inner.ReportAsync(reports, cancellationToken);
    public virtual ValueTask<ChangeReply> ChangeAsync(ChangeKind change, IReadOnlyList<string> ids, CancellationToken cancellationToken) => inner.ChangeAsync(change, ids, cancellationToken);
    public virtual ValueTask<IReadOnlyList<StoredJob>> GetAsync(IReadOnlyList<string> ids, JobParts parts, CancellationToken cancellationToken) => inner.GetAsync(ids, parts, cancellationToken);
    public virtual ValueTask<JobPage> ListAsync(JobQuery query, CancellationToken cancellationToken) => inner.ListAsync(query, cancellationToken);
    public virtual ValueTask<WhyRecord?> WhyAsync(string id, CancellationToken cancellationToken) => inner.WhyAsync(id, cancellationToken);
    public ValueTask<Survey> SurveyAsync(SurveyParts parts, CancellationToken cancellationToken) => inner.SurveyAsync(parts, cancellationToken);
    public ValueTask<VerifyReply> VerifyAsync(string? cursor, bool repair, CancellationToken cancellationToken) => inner.VerifyAsync(cursor, repair, cancellationToken);
    public ValueTask<TendReply> TendAsync(Retention retention, CancellationToken cancellationToken) => inner.TendAsync(retention, cancellationToken);
    public virtual IWakeUp Listen(WakeFilter filter) => inner.Listen(filter);
    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
