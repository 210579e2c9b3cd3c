namespace Dibs.Stores;

/// <summary>What the end of an attempt means for its job.</summary>
/// <param name="State">Ready when the attempt was given back, else a final state.</param>
/// <param name="Reason">One of <see cref="JobReasons"/>; none for ready and completed.</param>
/// <param name="AttemptReason">What the history of the attempt says.</param>
/// <param name="Error">What went wrong.</param>
public readonly record struct Verdict(JobState State, string? Reason, string? AttemptReason, JobError? Error)
{
    /// <summary>In the history of an attempt: claimed and given back un-run.</summary>
    public const string ReturnedReason = "returned";

    /// <summary>The verdict on a settlement of a running attempt, or of a canceling one: that ends only in canceled.</summary>
    public static Verdict Of(Settlement settlement, bool canceling)
    {
        if (canceling)
            return new Verdict(JobState.Canceled, JobReasons.Canceled, JobReasons.Canceled, settlement.Error);
        return settlement.Outcome switch
        {
            SettleOutcome.Completed => new Verdict(JobState.Completed, null, null, settlement.Error),
            SettleOutcome.Failed => new Verdict(JobState.Failed, settlement.Reason, settlement.Reason, settlement.Error),
            SettleOutcome.Stopped => new Verdict(JobState.Failed, JobReasons.Interrupted, JobReasons.Interrupted, settlement.Error),
            SettleOutcome.Returned => new Verdict(JobState.Ready, null, ReturnedReason, null),
        };
    }

    /// <summary>The verdict on an attempt whose worker is gone, or does not know of it.</summary>
    public static Verdict WorkerLost(string worker, bool canceling) => canceling
        ? new Verdict(JobState.Canceled, JobReasons.Canceled, JobReasons.Canceled, null)
        : new Verdict(JobState.Failed, JobReasons.WorkerLost, JobReasons.WorkerLost, new JobError
        {
            Type = JobReasons.WorkerLost,
            Message = $"Worker '{worker}' was lost while the job ran; whether the job had done its work is not known.",
        });
}
