using Dibs.Jobs;
using Dibs.Stores;

namespace Dibs.Clients;

/// <summary>The client over a store.</summary>
/// <param name="gate">Gives the opened store.</param>
/// <param name="catalog">The methods of the application; null to check nothing but the form of names.</param>
/// <param name="time">The clock of this machine, for what is shown before the store is asked again.</param>
internal sealed class JobClient(StoreGate gate, MethodCatalog? catalog, TimeProvider time) : IJobClient
{
    /// <summary>How long a waiter relies on being woken. Jittered, so that many waiters do not ask at once.</summary>
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    public async Task<IReadOnlyList<Job>> EnqueueManyAsync(IEnumerable<JobRequest> requests, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(requests);
        var drafts = Draft(requests);
        var steps = EnqueuePlan.Steps(drafts);
        var store = await gate.OpenAsync(cancellationToken);
        var jobs = new Dictionary<string, Job>(drafts.Count, StringComparer.Ordinal);
        foreach (var step in steps)
        {
            var answers = await StoreAsync(store, step, alreadyStored: jobs.Count, cancellationToken).ConfigureAwait(false);
            var now = time.GetUtcNow();
            for (var i = 0; i < step.Count; i++)
                jobs[step[i].New.Id] = new Job(this, step[i].ToRecord(store.Namespace, answers[i].State!.Value, now));
        }
        return [.. drafts.Select(draft => jobs[draft.New.Id])];
    }

    public async Task<Job?> FindAsync(string id, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(id);
        var store = await gate.OpenAsync(cancellationToken);
        return await GetAsync(store, id, JobParts.Details, cancellationToken).ConfigureAwait(false) is { } record ? new Job(this, record) : null;
    }

    public async Task<JobRecord> WaitAsync(string id, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(id);
        var store = await gate.OpenAsync(cancellationToken);
        // Listening begins before the first look, so that no end falls between the two.
        using var wakeUp = store.Listen(new WakeFilter { JobId = id });
        for (var isFirst = true; ; isFirst = false)
        {
            var record = await GetAsync(store, id, JobParts.None, cancellationToken).ConfigureAwait(false);
            if (record is null or { State: JobState.Completed or JobState.Failed or JobState.Canceled })
                return record is null ? throw JobErrors.Unknown(id) : await GetAsync(store, id, JobParts.Details, cancellationToken).ConfigureAwait(false) ?? throw JobErrors.Unknown(id);
            if (isFirst && AmbientJob.Id is { } waiter)
                await WaitCheck.RefuseEndlessAsync(store, waiter, id, cancellationToken).ConfigureAwait(false);
            await wakeUp.WaitAsync(PollInterval * (0.75 + (Random.Shared.NextDouble() / 2)), cancellationToken).ConfigureAwait(false);
        }
    }

    public async Task<JobState> CancelAsync(string id, CancellationToken cancellationToken = default)
    {
        var changed = await ChangeAsync(
            ChangeKind.Cancel, id, state => $"Job '{id}' is {state} already, so it cannot be canceled. Nothing was changed.", cancellationToken).ConfigureAwait(false);
        return changed.State!.Value;
    }

    public async Task<Job> RequeueAsync(string id, CancellationToken cancellationToken = default)
    {
        var changed = await ChangeAsync(
            ChangeKind.Requeue, id, state => $"Job '{id}' is {state}, so it cannot be requeued yet. Wait until it has ended, or cancel it.", cancellationToken).ConfigureAwait(false);
        return await FindAsync(changed.Id, cancellationToken).ConfigureAwait(false) ?? throw JobErrors.Unknown(changed.Id);
    }

    public async Task<WhyRecord?> WhyAsync(string id, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(id);
        var store = await gate.OpenAsync(cancellationToken);
        return await store.WhyAsync(id, cancellationToken).ConfigureAwait(false);
    }

    public async Task<JobList> ListAsync(JobQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        if (query.Limit is < 1 or > Limits.PageSize)
            throw new JobRefusedException("bad-limit", $"A page of {query.Limit} jobs was asked for; the limit is 1 to {Limits.PageSize}. Ask for more pages with the cursor.");
        var store = await gate.OpenAsync(cancellationToken);
        var page = await store.ListAsync(query, cancellationToken).ConfigureAwait(false);
        return new JobList([.. page.Jobs.Select(job => job.ToRecord())], page.Next);
    }

    private static async Task<JobRecord?> GetAsync(IJobStore store, string id, JobParts parts, CancellationToken cancellationToken)
    {
        var found = await store.GetAsync([id], parts, cancellationToken).ConfigureAwait(false);
        return found.Count == 0 ? null : found[0].ToRecord();
    }

    private async Task<IReadOnlyList<Enqueued>> StoreAsync(
        IJobStore store, IReadOnlyList<JobDraft> step, int alreadyStored, CancellationToken cancellationToken)
    {
        try
        {
            var before = gate.Witness.Last;
            var reply = await store.EnqueueAsync([.. step.Select(draft => draft.New)], cancellationToken).ConfigureAwait(false);
            gate.Witness.HearEnqueued(before, reply);
            return reply.Jobs.Any(job => job.Outcome is not (EnqueueOutcome.Stored or EnqueueOutcome.Existed))
                ? throw EnqueueErrors.Refused(reply.Jobs, alreadyStored)
                : reply.Jobs;
        }
        catch (StoreException e)
        {
            throw EnqueueErrors.Failed(e, step, alreadyStored);
        }
    }

    private List<JobDraft> Draft(IEnumerable<JobRequest> requests)
    {
        var drafts = new List<JobDraft>();
        foreach (var request in requests)
        {
            ArgumentNullException.ThrowIfNull(request);
            if (drafts.Count == Limits.JobsPerCall)
                throw new JobRefusedException("too-many-jobs", $"More than {Limits.JobsPerCall:N0} jobs in one call; that is the limit. Make several calls.");
            drafts.Add(JobDraft.Of(request, catalog));
        }
        return drafts;
    }

    private async Task<Changed> ChangeAsync(ChangeKind change, string id, Func<string?, string> refusal, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(id);
        var store = await gate.OpenAsync(cancellationToken);
        var reply = await store.ChangeAsync(change, [id], cancellationToken).ConfigureAwait(false);
        return reply.Items[0] switch
        {
            { Outcome: ChangeOutcome.Unknown } => throw JobErrors.Unknown(id),
            { Outcome: ChangeOutcome.NotPossible, State: var state } => throw new JobConflictException("not-possible", refusal(state?.ToText())),
            var changed => changed,
        };
    }
}
