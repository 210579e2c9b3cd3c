namespace Dibs.Processes;

/// <summary>
/// Ends what an attempt started and left running. All of it is found, also what detached itself: this process adopts whatever loses
/// its parent below it.
/// </summary>
internal sealed class Leftovers(TimeProvider time)
{
    /// <summary>Programs that have ended and that nobody waits for, at the last look.</summary>
    public int Zombies { get; private set; }

    /// <summary>Returns when nothing is left. Costs one call of the system where nothing was.</summary>
    public async Task EndAsync()
    {
        if (!Libc.HasChildren())
            return;
        var tree = new ProcessTree(Environment.ProcessId, withRoot: false);
        await Extinction.WaitAsync(tree.Kill, SayStuck, time);
        Zombies = ProcessTable.Read().Children(Environment.ProcessId).Count(child => child.IsZombie);
    }

    // It becomes a line of the job's log.
    private static void SayStuck(string pids) => Console.Error.WriteLine(
        $"The job is over, but it lasts until what it started has ended, which cannot be killed (no right to signal it, or stuck in the system): processes {pids}.");
}
