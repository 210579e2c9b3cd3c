using Dibs.Stores;
using Microsoft.Extensions.Logging;

namespace Dibs.Telemetry;

/// <summary>Every line that Dibs logs. Event ids: 20xx worker, 21xx attempts, 22xx leases and rescue, 23xx stores.</summary>
internal static partial class Log
{
    [LoggerMessage(2000, LogLevel.Information, "Worker '{Worker}' started: {Slots} slots, queues {Queues}, lease {Lease}.")]
    public static partial void WorkerStarted(this ILogger logger, string worker, int slots, string queues, TimeSpan lease);

    [LoggerMessage(2001, LogLevel.Information, "Worker '{Worker}' drains: it claims nothing more, {Running} jobs have {Grace} to end.")]
    public static partial void WorkerDrains(this ILogger logger, string worker, int running, TimeSpan grace);

    [LoggerMessage(2002, LogLevel.Information, "Worker '{Worker}' stopped.")]
    public static partial void WorkerStopped(this ILogger logger, string worker);

    [LoggerMessage(2003, LogLevel.Warning, "The grace of worker '{Worker}' is cut from {Grace} to {Capped}, because HostOptions.ShutdownTimeout is {ShutdownTimeout}. Raise ShutdownTimeout above the grace plus {CancelGrace}, or lower Dibs:Worker:Grace.")]
    public static partial void GraceCapped(this ILogger logger, string worker, TimeSpan grace, TimeSpan capped, TimeSpan shutdownTimeout, TimeSpan cancelGrace);

    [LoggerMessage(2004, LogLevel.Warning, "Worker '{Worker}': {Step} failed, trying again: {Message}")]
    public static partial void StepFailed(this ILogger logger, string worker, string step, string message);

    [LoggerMessage(2005, LogLevel.Warning, "Worker '{Worker}' is not known to the store any more; it begins again as a new incarnation.")]
    public static partial void IncarnationUnknown(this ILogger logger, string worker);

    [LoggerMessage(2006, LogLevel.Critical, "Worker '{Worker}' ends: one of its duties failed.")]
    public static partial void DutyFailed(this ILogger logger, string worker, Exception exception);

    [LoggerMessage(2100, LogLevel.Information, "{JobId} attempt {Attempt}: started {Call}")]
    public static partial void AttemptStarted(this ILogger logger, string jobId, int attempt, string call);

    [LoggerMessage(2101, LogLevel.Information, "{JobId} attempt {Attempt}: completed in {Seconds:0.000} s")]
    public static partial void AttemptCompleted(this ILogger logger, string jobId, int attempt, double seconds);

    [LoggerMessage(2102, LogLevel.Warning, "{JobId} attempt {Attempt}: failed ({Reason}) after {Seconds:0.000} s: {Message}")]
    public static partial void AttemptFailed(this ILogger logger, string jobId, int attempt, string? reason, double seconds, string? message);

    [LoggerMessage(2103, LogLevel.Information, "{JobId} attempt {Attempt}: stopped after {Seconds:0.000} s")]
    public static partial void AttemptStopped(this ILogger logger, string jobId, int attempt, double seconds);

    [LoggerMessage(2104, LogLevel.Warning, "{JobId} attempt {Attempt}: its outcome was refused, because the attempt was ended by others before.")]
    public static partial void SettlementRefused(this ILogger logger, string jobId, int attempt);

    [LoggerMessage(2105, LogLevel.Warning, "{JobId} attempt {Attempt}: ended by others while its code runs; it is being stopped, and until then another attempt may overlap with it.")]
    public static partial void AttemptLost(this ILogger logger, string jobId, int attempt);

    [LoggerMessage(2106, LogLevel.Warning, "{JobId} attempt {Attempt}: its code still runs after the grace; it is settled as interrupted.")]
    public static partial void AttemptCut(this ILogger logger, string jobId, int attempt);

    [LoggerMessage(2107, LogLevel.Information, "{JobId} attempt {Attempt}: given back un-run.")]
    public static partial void ClaimReturned(this ILogger logger, string jobId, int attempt);

    [LoggerMessage(2108, LogLevel.Warning, "{JobId} attempt {Attempt}: what it does when it is stopped threw.")]
    public static partial void StoppingThrew(this ILogger logger, string jobId, int attempt, Exception exception);

    [LoggerMessage(2200, LogLevel.Warning, "Worker '{Worker}' has had no heartbeat answered for {Seconds:0.0} s of its lease of {Lease}; its {Running} running jobs are asked to stop.")]
    public static partial void LeaseLapses(this ILogger logger, string worker, double seconds, TimeSpan lease, int running);

    [LoggerMessage(2201, LogLevel.Error, "{JobId} attempt {Attempt}: its code still runs although the lease of worker '{Worker}' has nearly lapsed; another attempt may overlap with it.")]
    public static partial void LeaseLostReported(this ILogger logger, string jobId, int attempt, string worker);

    [LoggerMessage(2202, LogLevel.Critical, "Worker '{Worker}' ends its process: the code of {Running} jobs still runs although its lease has lapsed, or nearly so.")]
    public static partial void LeaseLostExit(this ILogger logger, string worker, int running);

    [LoggerMessage(2203, LogLevel.Warning, "Worker '{Lost}' was lost; {Attempts} of its attempts were ended.")]
    public static partial void WorkerRescued(this ILogger logger, string? lost, int attempts);

    [LoggerMessage(2300, LogLevel.Warning, "{Warning}.")]
    public static partial void StoreWarned(this ILogger logger, string warning);

    public static void SettlementsRefused(this ILogger logger, IReadOnlyList<AttemptKey> keys)
    {
        foreach (var key in keys)
            logger.SettlementRefused(key.JobId, key.Attempt);
    }
}
