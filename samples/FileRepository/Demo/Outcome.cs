using Dibs;

namespace FileRepository.Demo;

/// <summary>How a job ended, in a few words.</summary>
internal static class Outcome
{
    public static string Of(JobRecord job) => job.State switch
    {
        JobState.Completed => Made(job),
        JobState.Failed => job.Error?.Message ?? job.Reason ?? "failed",
        JobState.Canceled => $"canceled ({job.Reason})",
        JobState.Scheduled or JobState.Blocked or JobState.Ready or JobState.Running or JobState.Canceling => job.State.ToText(),
    };

    private static string Made(JobRecord job)
    {
        if (job.Created is { Count: > 0 } created)
            return $"made {string.Join(", ", created)}";
        return job.Progress is [.., var last] ? last.Message : "done";
    }

    public static ProgressRecord? Phase(JobRecord job, string code) => job.Progress?.FirstOrDefault(phase => phase.Code == code);
}
