using Dibs.Cli.Output;
using Dibs.Stores;

namespace Dibs.Cli.Commands;

/// <summary>Finds the job that has waited longest of all that are ready or blocked, at a cost that does not grow with the backlog.</summary>
internal static class LongestWait
{
    /// <param name="store">The store, opened.</param>
    /// <param name="survey">With its queues.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>Null if no job waits. Exact while one page holds all that wait; else the best of what is known, see <see cref="OfManyAsync"/>.</returns>
    public static async Task<OldestWaiting?> FindAsync(IJobStore store, Survey survey, CancellationToken cancellationToken)
    {
        if (!survey.Queues.Any(queue => queue.Counts.ContainsKey(JobState.Ready) || queue.Counts.ContainsKey(JobState.Blocked)))
            return null;
        var page = await store.ListAsync(new JobQuery { States = [JobState.Ready, JobState.Blocked], Limit = Limits.PageSize, Parts = JobParts.None }, cancellationToken);
        return page.Next is null
            // From the oldest on, so that of several stored in one moment the first counts.
            ? page.Jobs.Reverse().Select(job => Of(job.Record)).MinBy(job => job.Since)
            : await OfManyAsync(store, survey, cancellationToken);
    }

    /// <summary>
    /// A store lists the newest first, so among many the oldest is not looked for: it is the head of the line that has waited
    /// longest, or the oldest ready job, of which a queue knows the time and not the id. A job that waits for nothing but a
    /// dependency is not among these.
    /// </summary>
    private static async Task<OldestWaiting?> OfManyAsync(IJobStore store, Survey survey, CancellationToken cancellationToken)
    {
        var ready = survey.Queues
            .Where(queue => queue.OldestReadyAt is not null)
            .Select(queue => new OldestWaiting(Id: null, JobState.Ready, queue.Name, queue.OldestReadyAt!.Value))
            .MinBy(queue => queue.Since);
        var heads = (await store.SurveyAsync(SurveyParts.Resources, cancellationToken)).Resources.Where(resource => resource.Line.Count > 0).Select(resource => resource.Line[0]);
        if (heads.MinBy(waiter => waiter.Since) is not { } head || head.Since >= ready?.Since)
            return ready;
        return await store.GetAsync([head.Id], JobParts.None, cancellationToken) is [var job] ? Of(job.Record) : ready;
    }

    /// <summary>Before it was due a job did not wait.</summary>
    private static OldestWaiting Of(JobRecord job) => new(job.Id, job.State, job.Queue, job.RunAt > job.CreatedAt ? job.RunAt.Value : job.CreatedAt);
}
