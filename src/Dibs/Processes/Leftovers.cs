namespace Dibs.Processes;

/// <summary>
/// Ends what an attempt started and left running. All of it is found, also what detached itself: this process adopts whatever loses
/// its parent below it.
/// </summary>
internal sealed class Leftovers(TimeProvider time)
{
    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LastLook = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Programs that have ended and that nobody waits for, at the last look.</summary>
    public int Zombies { get; private set; }

    /// <summary>Returns when nothing is left. Costs one call of the system where nothing was.</summary>
    public async Task EndAsync()
    {
        if (!Libc.HasChildren())
            return;
        var began = time.GetTimestamp();
        var tree = new ProcessTree(Environment.ProcessId, withRoot: false);
        tree.Kill();
        var pause = FirstLook;
        while (tree.Living() is { Count: > 0 } living)
        {
            await Task.Delay(pause, time);
            if (pause < Patience && time.GetElapsedTime(began) >= Patience)
            {
                pause = LastLook;
                // It becomes a line of the job's log.
                Console.Error.WriteLine($"The job is over, but it lasts until what it started has ended, which cannot be killed: {string.Join(", ", living.Select(process => $"process {process.Pid}"))}.");
            }
            else if (pause < LastLook)
                pause *= 2;
        }
        Zombies = ProcessTable.Read().Children(Environment.ProcessId).Count(child => child.IsZombie);
    }
}
