using Dibs.Processes;

namespace Dibs.JobHosts;

/// <summary>
/// Kills this job host and all that it started when its worker has not said in time that the lease is good: the worker is frozen,
/// and others may soon take it for dead. It has a thread of its own, so that no job can keep it from looking.
/// </summary>
internal sealed class Watchdog : IDisposable
{
    private readonly ManualResetEventSlim _guards = new();
    private long _until;

    public void Start() => new Thread(Run) { IsBackground = true, Name = "Dibs watchdog", Priority = ThreadPriority.Highest }.Start();

    /// <summary>The lease is good until then.</summary>
    public void Feed(long until) => Volatile.Write(ref _until, until);

    /// <summary>An attempt begins, under a lease that is good until then. False if that has passed already.</summary>
    public bool TryGuard(long until)
    {
        if (Libc.Now() >= until)
            return false;
        Feed(until);
        _guards.Set();
        return true;
    }

    /// <summary>Nothing of the attempt is left.</summary>
    public void Rest() => _guards.Reset();

    /// <summary>Kills all that this process started, and this process.</summary>
    public static void KillEverything()
    {
        try
        {
            new ProcessTree(Environment.ProcessId, withRoot: false).Kill();
        }
        finally
        {
            Libc.KillOwnGroup();
        }
    }

    public void Dispose() => _guards.Dispose();

    private void Run()
    {
        while (true)
        {
            _guards.Wait();
            var until = Volatile.Read(ref _until);
            if (Libc.Now() < until)
                Libc.SleepUntil(until);
            else
                KillEverything();
        }
    }
}
