namespace Dibs.Processes;

/// <summary>
/// Ends what an attempt started and left running. All of it is found, also what detached itself: this process adopts whatever loses
/// its parent below it.
/// </summary>
internal sealed class Leftovers(TimeProvider time)
{
    /// <summary>Programs that have ended and that nobody waits for, at the last look. Those that this process may itself have started are left to whoever did.</summary>
    public int Zombies { get; private set; }

    /// <summary>Returns when nothing is left. Costs one call of the system where nothing was.</summary>
    public async Task EndAsync()
    {
        Zombies = 0;
        if (!Libc.HasChildren())
            return;
        var tree = new ProcessTree(Environment.ProcessId, withRoot: false);
        await Extinction.WaitAsync(tree.Kill, SayStuck, time);
        tree.ReapAdopted();
        var zombies = ProcessTable.Read().Children(Environment.ProcessId).Where(child => child.IsZombie).ToLookup(IsAdopted);
        foreach (var adopted in zombies[true])
            Libc.Reap(adopted.Pid);
        Zombies = zombies[false].Count();
    }

    /// <summary>
    /// What this process starts is of its session or of one that it made for itself. So a program of any other one was started by a program: it comes from whoever
    /// detached itself in the usual way. .NET waits for what it started, and must not find it gone.
    /// </summary>
    private static bool IsAdopted(ProcessEntry child) => child.Session != child.Pid && child.Session != ProcessTable.Find(Environment.ProcessId)!.Session;

    // It becomes a line of the job's log.
    private static void SayStuck(string pids) => Console.Error.WriteLine(
        $"The job is over, but it lasts until what it started has ended, which cannot be killed (no right to signal it, or stuck in the system): processes {pids}.");
}
