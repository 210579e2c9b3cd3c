using Dibs.Stores;

namespace Dibs.Execution;

/// <summary>The settlements that executors come to.</summary>
internal static class Outcomes
{
    private const int MostDetail = 32 * 1024;

    public static Settlement Completed(AttemptKey key, ReadOnlyMemory<byte>? result) =>
        new() { Key = key, Outcome = SettleOutcome.Completed, Result = result };

    public static Settlement Stopped(AttemptKey key) => new()
    {
        Key = key,
        Outcome = SettleOutcome.Stopped,
        Error = new JobError { Type = JobReasons.Interrupted, Message = "The job was asked to stop before it had ended." },
    };

    public static Settlement Returned(AttemptKey key) => new() { Key = key, Outcome = SettleOutcome.Returned };

    public static Settlement Failed(AttemptKey key, string reason, JobError error, ExitRecord? exit = null) => new()
    {
        Key = key,
        Outcome = SettleOutcome.Failed,
        Reason = reason,
        Exit = exit,
        Error = error with { Detail = error.Detail is { Length: > MostDetail } detail ? detail[..MostDetail] : error.Detail },
    };

    public static Settlement Threw(AttemptKey key, Exception exception) =>
        Failed(key, JobReasons.Threw, new JobError { Type = exception.GetType().FullName!, Message = exception.Message, Detail = exception.ToString() });
}
