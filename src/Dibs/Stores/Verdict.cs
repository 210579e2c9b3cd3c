namespace Dibs.Stores;

/// <summary>What counts about a job when an attempt of it ends, besides how the attempt ended.</summary>
/// <param name="IsCanceling">It was asked to stop: it ends only in canceled.</param>
/// <param name="OnWorkerLost">Whether it may begin again by itself.</param>
/// <param name="Losses">How often it was lost with its worker or job host so far.</param>
/// <param name="Worker">Name of the worker of the attempt.</param>
public readonly record struct EndingJob(bool IsCanceling, OnWorkerLost OnWorkerLost, int Losses, string Worker);

/// <summary>What the end of an attempt means for its job.</summary>
/// <param name="State">Ready when the job may begin again, else a final state.</param>
/// <param name="Reason">One of <see cref="JobReasons"/>; none for ready and completed.</param>
/// <param name="AttemptReason">What the history of the attempt says.</param>
/// <param name="Error">What went wrong with the job.</param>
/// <param name="AttemptError">What went wrong with the attempt.</param>
public readonly record struct Verdict(JobState State, string? Reason, string? AttemptReason, JobError? Error, JobError? AttemptError)
{
    /// <summary>In the history of an attempt: claimed and given back un-run.</summary>
    public const string ReturnedReason = "returned";

    /// <summary>The attempt was lost with its worker or job host, and the job may begin again or may not any more: one loss more.</summary>
    public bool IsLoss { get; private init; }

    /// <summary>It begins again after it had begun, so it is ready from now on; one that is given back un-run keeps its time.</summary>
    public bool IsRetry => State == JobState.Ready && AttemptReason != ReturnedReason;

    /// <summary>The verdict on a settlement of a running attempt, or of a canceling one.</summary>
    public static Verdict Of(Settlement settlement, EndingJob job)
    {
        if (job.IsCanceling)
            return Ended(JobState.Canceled, JobReasons.Canceled, settlement.Error);
        return settlement.Outcome switch
        {
            SettleOutcome.Completed => Ended(JobState.Completed, null, settlement.Error),
            SettleOutcome.Failed => Ended(JobState.Failed, settlement.Reason, settlement.Error),
            SettleOutcome.Stopped when job.OnWorkerLost == OnWorkerLost.Retry => Again(JobReasons.Interrupted, settlement.Error),
            SettleOutcome.Stopped => Ended(JobState.Failed, JobReasons.Interrupted, settlement.Error),
            SettleOutcome.Crashed => Lost(job, settlement.Reason!, settlement.Error),
            SettleOutcome.Returned => Again(ReturnedReason, null),
        };
    }

    /// <summary>The verdict on an attempt whose worker is gone, or does not know of it.</summary>
    public static Verdict WorkerLost(EndingJob job) => job.IsCanceling
        ? Ended(JobState.Canceled, JobReasons.Canceled, null)
        : Lost(job, JobReasons.WorkerLost, LostError(job.Worker));

    /// <summary>What is said of an attempt whose worker is gone.</summary>
    public static JobError LostError(string worker) => new()
    {
        Type = JobReasons.WorkerLost,
        Message = $"Worker '{worker}' was lost while the job ran; whether the job had done its work is not known.",
    };

    /// <summary>What is said of a job that was lost too often, after its last attempt ended with an error.</summary>
    public static JobError PoisonError(string worker, JobError? last) => new()
    {
        Type = JobReasons.Poison,
        Message = $"The job was lost with its worker or job host {Limits.Losses} times, so it is not tried again; find out in its attempts what ends them before you requeue it. "
            + $"The last time, on worker '{worker}': {last?.Message ?? "nothing is known."}",
        Detail = last?.Detail,
    };

    private static Verdict Lost(EndingJob job, string reason, JobError? error)
    {
        if (job.OnWorkerLost == OnWorkerLost.Fail)
            return Ended(JobState.Failed, reason, error);
        return job.Losses + 1 < Limits.Losses
            ? Again(reason, error) with { IsLoss = true }
            : new Verdict(JobState.Failed, JobReasons.Poison, reason, PoisonError(job.Worker, error), error) { IsLoss = true };
    }

    private static Verdict Again(string reason, JobError? error) => new(JobState.Ready, null, reason, null, error);

    private static Verdict Ended(JobState state, string? reason, JobError? error) => new(state, reason, reason, error, error);
}
