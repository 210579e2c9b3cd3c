using Dibs.Stores;

namespace Dibs;

/// <summary>
/// Enqueues jobs, finds them again, and steers them. Safe for concurrent use; register it with <c>AddDibs</c>. The ways to
/// write a call (<c>EnqueueAsync</c>, <c>EnqueueWithReservationAsync</c>, <c>EnqueueCommandAsync</c>) are extensions over
/// <see cref="EnqueueManyAsync"/>, so that this interface stays small enough to replace in a test.
/// </summary>
/// <remarks>Every method throws <see cref="StoreException"/> when the store cannot be reached or fails.</remarks>
public interface IJobClient
{
    /// <summary>
    /// Enqueues up to 10,000 jobs. All are checked before the first is stored. They are stored in steps of at most 500 jobs
    /// or 4 MiB, each step all or none, and jobs that come after each other in one step; what earlier steps stored stays
    /// when a later one is refused. A job may come after jobs that stand before it in the call. Safe to repeat with ids
    /// of your own, within 30 seconds of the first try.
    /// </summary>
    /// <returns>The jobs in the order of the requests.</returns>
    /// <exception cref="JobRefusedException">A job cannot be stored: the message names value, limit and remedy. Nothing was stored.</exception>
    /// <exception cref="JobConflictException">An id is taken by other content, or a dependency does not exist.</exception>
    Task<IReadOnlyList<Job>> EnqueueManyAsync(IEnumerable<JobRequest> requests, CancellationToken cancellationToken = default);

    /// <summary>The job with all its details, or null if there is none.</summary>
    Task<Job?> FindAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>
    /// Waits until the job is final, whatever the outcome, and returns it with all its details. Woken by the store, with a
    /// poll about once a second as a fallback. Canceling the wait does not cancel the job; safe to repeat.
    /// </summary>
    /// <exception cref="JobConflictException">
    /// There is no such job, or no longer (<c>unknown-job</c>); or the code of a job asks, and the awaited one cannot run before that job has
    /// ended, because it comes after it or reserves what it holds (<c>endless-wait</c>).
    /// </exception>
    Task<JobRecord> WaitAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>
    /// Cancels a job: at once if it waits; a running one is <c>canceling</c> until its code has stopped. Safe to repeat
    /// while it is canceling.
    /// </summary>
    /// <returns>The state after the step.</returns>
    /// <exception cref="JobConflictException">There is no such job (<c>unknown-job</c>), or it is final (<c>not-possible</c>).</exception>
    Task<JobState> CancelAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>
    /// Makes a new job <c>ID~2</c> (from <c>ID~n</c>: <c>ID~(n+1)</c>) with the content of a final one, without its delay and
    /// dependencies. Safe to repeat: the new job is returned if it exists.
    /// </summary>
    /// <returns>The new job.</returns>
    /// <exception cref="JobConflictException">There is no such job (<c>unknown-job</c>), or it is not final (<c>not-possible</c>).</exception>
    Task<Job> RequeueAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>Why the job is not running, or what it did; null if there is no such job.</summary>
    Task<WhyRecord?> WhyAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>A page of the jobs that match, newest first.</summary>
    Task<JobList> ListAsync(JobQuery query, CancellationToken cancellationToken = default);
}

/// <summary>A page of jobs.</summary>
/// <param name="Items">Newest first.</param>
/// <param name="Next">The <see cref="JobQuery.Cursor"/> of the next page, if there may be one.</param>
public sealed record JobList(IReadOnlyList<JobRecord> Items, string? Next);
