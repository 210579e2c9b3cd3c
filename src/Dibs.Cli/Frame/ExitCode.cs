namespace Dibs.Cli.Frame;

/// <summary>The exit codes of the command line: promises to scripts.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>The awaited job failed.</summary>
    public const int JobFailed = 1;

    /// <summary>Bad usage, or over a limit.</summary>
    public const int Usage = 2;

    /// <summary>The awaited job was canceled.</summary>
    public const int JobCanceled = 3;

    /// <summary>No such thing, a conflict, or not possible in its state.</summary>
    public const int Conflict = 4;

    /// <summary>Derived data has drifted from the truth.</summary>
    public const int Drift = 5;

    /// <summary>The store cannot be reached or fails (<c>EX_UNAVAILABLE</c> of sysexits.h).</summary>
    public const int StoreFailed = 69;

    /// <summary>A bug (<c>EX_SOFTWARE</c>).</summary>
    public const int Bug = 70;

    /// <summary>Bad configuration (<c>EX_CONFIG</c>).</summary>
    public const int Configuration = 78;

    /// <summary>What a shell reports of a process that a signal ended.</summary>
    public static int Signaled(int signal) => 128 + signal;

    /// <summary>Of a job that somebody waited for.</summary>
    public static int Of(JobState state) => state switch
    {
        JobState.Failed => JobFailed,
        JobState.Canceled => JobCanceled,
        _ => Done,
    };
}
