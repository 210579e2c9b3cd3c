using System.Text.Json;
using Dibs.Jobs;

namespace Dibs;

/// <summary>A handle on a stored job: its id, what was last seen of it, and what one can ask of it. Safe for concurrent use.</summary>
public class Job
{
    private readonly IJobClient _jobs;
    private JobRecord _record;

    /// <summary>A handle on a job that was seen as <paramref name="record"/>; asks <paramref name="jobs"/> for everything else.</summary>
    public Job(IJobClient jobs, JobRecord record)
    {
        ArgumentNullException.ThrowIfNull(jobs);
        ArgumentNullException.ThrowIfNull(record);
        _jobs = jobs;
        _record = record;
    }

    /// <summary>The id.</summary>
    public string Id => Record.Id;

    /// <summary>
    /// What was last seen of the job. After an enqueue: what was sent, with the state that the store answered, and the
    /// time of this machine; <see cref="RefreshAsync"/> gets all that the store knows.
    /// </summary>
    public JobRecord Record => Volatile.Read(ref _record);

    /// <summary>The state that was last seen.</summary>
    public JobState State => Record.State;

    /// <summary>Looks again. Safe to repeat.</summary>
    /// <exception cref="JobConflictException">The job does not exist any more.</exception>
    public async Task<JobRecord> RefreshAsync(CancellationToken cancellationToken = default)
    {
        var found = await _jobs.FindAsync(Id, cancellationToken).ConfigureAwait(false) ?? throw JobErrors.Unknown(Id);
        return See(found.Record);
    }

    /// <summary>Waits until the job is final, whatever the outcome. Canceling the wait does not cancel the job; safe to repeat.</summary>
    /// <exception cref="JobConflictException">The job does not exist any more, or it cannot run before the job has ended in whose code this is (<c>endless-wait</c>).</exception>
    public async Task<JobRecord> WaitAsync(CancellationToken cancellationToken = default) =>
        See(await _jobs.WaitAsync(Id, cancellationToken).ConfigureAwait(false));

    /// <summary>Waits until the job has completed and returns what its method returned, as JSON; null if it returns nothing. Safe to repeat.</summary>
    /// <exception cref="JobFailedException">The job failed.</exception>
    /// <exception cref="JobCanceledException">The job was canceled.</exception>
    /// <exception cref="JobConflictException">The job does not exist any more, or it cannot run before the job has ended in whose code this is (<c>endless-wait</c>).</exception>
    public async Task<JsonElement?> ResultAsync(CancellationToken cancellationToken = default)
    {
        var record = await WaitAsync(cancellationToken).ConfigureAwait(false);
        return record.State switch
        {
            JobState.Failed => throw new JobFailedException(Id, record.Reason ?? JobReasons.Threw, record.Error),
            JobState.Canceled => throw new JobCanceledException(Id, record.Reason ?? JobReasons.Canceled),
            _ => record.Result,
        };
    }

    /// <summary>As <see cref="ResultAsync(CancellationToken)"/>, read as a <typeparamref name="T"/>.</summary>
    /// <exception cref="JsonException">The result is not one.</exception>
    public async Task<T> ResultAsync<T>(CancellationToken cancellationToken = default)
    {
        var result = await ResultAsync(cancellationToken).ConfigureAwait(false);
        return result is { } json ? ValueJson.Read<T>(json) : default!;
    }

    /// <summary>Cancels the job: at once if it waits; a running one is <c>canceling</c> until its code has stopped.</summary>
    /// <returns>The state after the step.</returns>
    /// <exception cref="JobConflictException">It is final already, or does not exist any more.</exception>
    public async Task<JobState> CancelAsync(CancellationToken cancellationToken = default)
    {
        var state = await _jobs.CancelAsync(Id, cancellationToken).ConfigureAwait(false);
        See(Record with { State = state });
        return state;
    }

    /// <summary>Why the job is not running, or what it did.</summary>
    /// <exception cref="JobConflictException">The job does not exist any more.</exception>
    public async Task<WhyRecord> WhyAsync(CancellationToken cancellationToken = default) =>
        await _jobs.WhyAsync(Id, cancellationToken).ConfigureAwait(false) ?? throw JobErrors.Unknown(Id);

    /// <summary>The same job, whose method returns a <typeparamref name="T"/>.</summary>
    public Job<T> As<T>() => new(_jobs, Record);

    private JobRecord See(JobRecord record)
    {
        Volatile.Write(ref _record, record);
        return record;
    }
}

/// <summary>A handle on a job whose method returns a <typeparamref name="T"/>.</summary>
public sealed class Job<T>(IJobClient jobs, JobRecord record) : Job(jobs, record)
{
    /// <summary>Waits until the job has completed and returns what its method returned. Safe to repeat.</summary>
    /// <exception cref="JobFailedException">The job failed.</exception>
    /// <exception cref="JobCanceledException">The job was canceled.</exception>
    /// <exception cref="JobConflictException">The job does not exist any more, or it cannot run before the job has ended in whose code this is (<c>endless-wait</c>).</exception>
    public new Task<T> ResultAsync(CancellationToken cancellationToken = default) => ResultAsync<T>(cancellationToken);
}
