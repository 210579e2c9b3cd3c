#if FAULT_POINTS
using Dibs.Stores;

namespace Dibs.Faults;

/// <summary>A store whose steps pass fault points: what each call is for shows in what is asked.</summary>
internal sealed class WatchedStore(IJobStore store) : IJobStore
{
    private volatile bool _isPending;

    public string Namespace => store.Namespace;

    public ValueTask<StoreDescription> OpenAsync(CancellationToken cancellationToken) => store.OpenAsync(cancellationToken);

    public async ValueTask<EnqueueReply> EnqueueAsync(IReadOnlyList<NewJob> jobs, CancellationToken cancellationToken) =>
        await PassAsync(["admit"], () => store.EnqueueAsync(jobs, cancellationToken));

    public ValueTask RegisterAsync(WorkerRegistration worker, CancellationToken cancellationToken) => store.RegisterAsync(worker, cancellationToken);

    public async ValueTask<ExchangeReply> ExchangeAsync(ExchangeRequest request, CancellationToken cancellationToken)
    {
        List<string> steps = [];
        if (request.Settlements.Count > 0)
            steps.Add("settle");
        if (request.Claims > 0)
            steps.Add("claim");
        if (_isPending)
            steps.Add("admit");
        var reply = await PassAsync([.. steps], () => store.ExchangeAsync(request, cancellationToken));
        _isPending = reply.More;
        return reply;
    }

    public async ValueTask<HeartbeatReply> HeartbeatAsync(HeartbeatRequest request, CancellationToken cancellationToken)
    {
        var reply = await PassAsync(_isPending ? ["heartbeat", "admit"] : ["heartbeat"], () => store.HeartbeatAsync(request, cancellationToken));
        _isPending = reply.More;
        return reply;
    }

    public async ValueTask<RescueReply> RescueAsync(ObservedBeat observed, CancellationToken cancellationToken) =>
        await PassAsync(["rescue"], () => store.RescueAsync(observed, cancellationToken));

    public ValueTask ReportAsync(IReadOnlyList<JobReport> reports, CancellationToken cancellationToken) => store.ReportAsync(reports, cancellationToken);

    public async ValueTask<ChangeReply> ChangeAsync(ChangeKind change, IReadOnlyList<string> ids, CancellationToken cancellationToken) =>
        await PassAsync(change == ChangeKind.Cancel ? ["cancel"] : [], () => store.ChangeAsync(change, ids, cancellationToken));

    public ValueTask<IReadOnlyList<StoredJob>> GetAsync(IReadOnlyList<string> ids, JobParts parts, CancellationToken cancellationToken) =>
        store.GetAsync(ids, parts, cancellationToken);

    public ValueTask<JobPage> ListAsync(JobQuery query, CancellationToken cancellationToken) => store.ListAsync(query, cancellationToken);

    public ValueTask<WhyRecord?> WhyAsync(string id, CancellationToken cancellationToken) => store.WhyAsync(id, cancellationToken);

    public ValueTask<Survey> SurveyAsync(SurveyParts parts, CancellationToken cancellationToken) => store.SurveyAsync(parts, cancellationToken);

    public ValueTask<VerifyReply> VerifyAsync(string? cursor, bool repair, CancellationToken cancellationToken) => store.VerifyAsync(cursor, repair, cancellationToken);

    public async ValueTask<TendReply> TendAsync(Retention retention, CancellationToken cancellationToken) =>
        await PassAsync(["promote"], () => store.TendAsync(retention, cancellationToken));

    public IWakeUp Listen(WakeFilter filter) => store.Listen(filter);

    public ValueTask DisposeAsync() => store.DisposeAsync();

    private static async ValueTask<T> PassAsync<T>(string[] steps, Func<ValueTask<T>> ask)
    {
        FaultPoint.Begin(steps);
        var reply = await ask();
        FaultPoint.End(steps);
        return reply;
    }
}
#endif
