using System.Diagnostics;
using Dibs;

namespace Witness;

/// <summary>
/// Jobs that put down when their code began and ended, in one file per process. What was written stays when the process is
/// killed: a beginning without an end.
/// </summary>
public static class Attendance
{
    private static readonly Lock Pen = new();

    /// <summary>A worker may run its jobs in several processes: this names the worker to all of them.</summary>
    private static readonly string? Worker = Environment.GetEnvironmentVariable("WITNESS_WORKER");

    /// <summary>A job that stops when it is asked to.</summary>
    public static async Task AttendAsync(string folder, int milliseconds, JobContext context)
    {
        Write(folder, "began", context);
        try
        {
            await Task.Delay(TimeSpan.FromMilliseconds(milliseconds), TimeProvider.System, context.CancellationToken);
        }
        finally
        {
            Write(folder, "ended", context);
        }
    }

    /// <summary>A job that does not hear when it is asked to stop.</summary>
    public static async Task InsistAsync(string folder, int milliseconds, JobContext context)
    {
        Write(folder, "began", context);
        await Task.Delay(TimeSpan.FromMilliseconds(milliseconds), TimeProvider.System, CancellationToken.None);
        Write(folder, "ended", context);
    }

    /// <summary>One line: what, the job, and the time of the monotonic clock, which all processes share.</summary>
    private static void Write(string folder, string what, JobContext context)
    {
        lock (Pen)
            File.AppendAllText(Path.Combine(folder, $"{Worker}-{Environment.ProcessId}.attendance"), $"{what} {context.JobId} {Stopwatch.GetTimestamp()}\n");
    }
}
