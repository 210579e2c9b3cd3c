using Dibs.Stores;
using Microsoft.Extensions.Logging;

namespace Dibs.Telemetry;

/// <summary>Every line that Dibs logs. Event ids: 20xx worker, 21xx attempts, 22xx leases and rescue, 23xx stores, 24xx job hosts, 25xx who watches over the process.</summary>
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

    [LoggerMessage(2004, LogLevel.Warning, "Worker '{Worker}' could not tell the store that it leaves; others end what it ran when its lease has lapsed: {Message}")]
    public static partial void LeavingFailed(this ILogger logger, string worker, string message);

    [LoggerMessage(2005, LogLevel.Warning, "Worker '{Worker}' is not known to the store any more; it begins again as a new incarnation.")]
    public static partial void IncarnationUnknown(this ILogger logger, string worker);

    [LoggerMessage(2006, LogLevel.Critical, "Worker '{Worker}' ends: one of its duties failed.")]
    public static partial void DutyFailed(this ILogger logger, string worker, Exception exception);

    [LoggerMessage(2007, LogLevel.Information, "Worker '{Worker}' {What}.")]
    public static partial void WorkerAsked(this ILogger logger, string worker, string what);

    [LoggerMessage(2100, LogLevel.Information, "{JobId} attempt {Attempt}: started {Call}")]
    public static partial void AttemptStarted(this ILogger logger, string jobId, int attempt, string call);

    [LoggerMessage(2101, LogLevel.Information, "{JobId} attempt {Attempt}: completed in {Seconds:0.000} s")]
    public static partial void AttemptCompleted(this ILogger logger, string jobId, int attempt, double seconds);

    [LoggerMessage(2102, LogLevel.Warning, "{JobId} attempt {Attempt}: failed ({Reason}) after {Seconds:0.000} s: {Message}")]
    public static partial void AttemptFailed(this ILogger logger, string jobId, int attempt, string? reason, double seconds, string? message);

    [LoggerMessage(2103, LogLevel.Information, "{JobId} attempt {Attempt}: stopped after {Seconds:0.000} s")]
    public static partial void AttemptStopped(this ILogger logger, string jobId, int attempt, double seconds);

    [LoggerMessage(2104, LogLevel.Warning, "{JobId} attempt {Attempt}: its outcome was refused, because the attempt does not run any more for the store: it was ended by others, or it is not known.")]
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

    [LoggerMessage(2310, LogLevel.Error, "Worker '{Worker}' has lost its store and tries again until it is back, outcomes are kept until then. {Running} jobs run on, are asked to stop in {StopIn:0.0} s and killed where they can be in {KillIn:0.0} s. The cause: {Message}")]
    public static partial void StoreLost(this ILogger logger, string worker, int running, double stopIn, double killIn, string message);

    [LoggerMessage(2313, LogLevel.Error, "Worker '{Worker}' has lost its store and tries again until it is back; no job runs. The cause: {Message}")]
    public static partial void StoreLostIdle(this ILogger logger, string worker, string message);

    [LoggerMessage(2311, LogLevel.Warning, "Worker '{Worker}' has its store back after {Seconds:0.0} s: {Settled} outcomes were settled, {Refused} refused, {Left} are left to settle.")]
    public static partial void StoreBack(this ILogger logger, string worker, double seconds, int settled, int refused, int left);

    [LoggerMessage(2312, LogLevel.Critical, "Worker '{Worker}' ends without its store; what it ran is cut, and others end those attempts when its lease has lapsed: {Message}")]
    public static partial void EndsWithoutStore(this ILogger logger, string worker, string message);

    [LoggerMessage(2320, LogLevel.Critical, "The store came back {How}: ticket {SeenTicket} and fence {SeenFence} were seen before, now it is at ticket {Ticket} and fence {Fence}. What it acknowledged in between is lost: jobs that had ended may start again, and jobs that were enqueued are gone. {Known} of the last changes from here are known to be lost, and named next. Find out why: no persistence, a replica that was behind, or an old backup.")]
    public static partial void StoreCameBackOlder(this ILogger logger, string how, long seenTicket, long seenFence, long ticket, long fence, int known);

    [LoggerMessage(2321, LogLevel.Error, "Enqueued from here and lost with the store; enqueue them again if they are still wanted: {Jobs}")]
    public static partial void EnqueuedJobsLost(this ILogger logger, string jobs);

    [LoggerMessage(2322, LogLevel.Error, "Ended here, which the store does not know any more; they may start again: {Attempts}")]
    public static partial void SettledJobsLost(this ILogger logger, string attempts);

    [LoggerMessage(2323, LogLevel.Error, "Worker '{Worker}' claims nothing for {Lease}, because its store came back older: jobs that wait there may still run on other workers.")]
    public static partial void ClaimsNothing(this ILogger logger, string worker, TimeSpan lease);

    [LoggerMessage(2324, LogLevel.Error, "{JobId} attempt {Attempt}: the store came back older and does not know it; it is being stopped, and the job may start again.")]
    public static partial void AttemptForgotten(this ILogger logger, string jobId, int attempt);

    [LoggerMessage(2400, LogLevel.Debug, "Job host {Pid} ended after {Attempts} attempts with exit code {Code}.")]
    public static partial void HostEnded(this ILogger logger, int pid, int attempts, int code);

    [LoggerMessage(2401, LogLevel.Error, "A job host could not be started: '{Program}': {Message}. Put the program back, or restart the worker; it is tried again.")]
    public static partial void HostNotStarted(this ILogger logger, string program, string message);

    [LoggerMessage(2402, LogLevel.Error, "Job host {Pid} was not ready within {Patience} and was killed; it is tried again. The application may wait for something when it starts. It wrote last: {Last}")]
    public static partial void HostLate(this ILogger logger, int pid, TimeSpan patience, string last);

    [LoggerMessage(2403, LogLevel.Error, "Job host {Pid} ended with exit code {Code} before it was ready; it is tried again. It wrote last: {Last}")]
    public static partial void HostFailed(this ILogger logger, int pid, int code, string last);

    [LoggerMessage(2404, LogLevel.Debug, "Job host {Pid}, without a job: {Line}")]
    public static partial void HostSaid(this ILogger logger, int pid, string line);

    [LoggerMessage(2405, LogLevel.Error, "Job host {Pid} is killed and replaced, because what it says cannot be understood: {Message}")]
    public static partial void HostSpeaksGarbage(this ILogger logger, int pid, string message);

    [LoggerMessage(2406, LogLevel.Error, "What a job host left behind does not end although it was killed (no right to signal it, or stuck in the system); its job lasts until it has: processes {Pids}.")]
    public static partial void OrphansLive(this ILogger logger, string pids);

    [LoggerMessage(2500, LogLevel.Warning, "The service manager cannot be told how the worker lives, at the socket '{Socket}' of NOTIFY_SOCKET: {Message}. The worker goes on; a unit with Type=notify or a watchdog will end it.")]
    public static partial void NotifyFailed(this ILogger logger, string socket, string message);

    [LoggerMessage(2501, LogLevel.Warning, "The health file '{Path}' cannot be written any more, and who looks at it will take the worker for dead: {Message} The worker goes on.")]
    public static partial void HealthFileFailed(this ILogger logger, string path, string message);

    public static void SettlementsRefused(this ILogger logger, IReadOnlyList<AttemptKey> keys)
    {
        foreach (var key in keys)
            logger.SettlementRefused(key.JobId, key.Attempt);
    }
}
