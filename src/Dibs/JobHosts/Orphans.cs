using Dibs.Processes;
using Dibs.Telemetry;
using Microsoft.Extensions.Logging;

namespace Dibs.JobHosts;

/// <summary>
/// Ends what job hosts that died have left behind. This process adopts it, whatever session it made for itself: so all children of
/// this process that are no job hosts are orphans of one.
/// </summary>
/// <param name="ownsAllChildren">Nothing but Dibs starts programs in this process. If it may, only what bears the mark of its host is an orphan.</param>
/// <param name="time">For the pauses between two looks.</param>
/// <param name="logger">For what cannot be killed.</param>
internal sealed class Orphans(bool ownsAllChildren, TimeProvider time, ILogger logger)
{
    private readonly Lock _starting = new();
    private readonly HashSet<int> _hosts = [];

    /// <summary>In the environment of all that the hosts of this worker start.</summary>
    public string Mark { get; } = Guid.CreateVersion7().ToString("N");

    /// <summary>
    /// Starts a job host, one at a time: one that is just being started is no orphan, and must not inherit the pipes of another one,
    /// whose end would not be seen then.
    /// </summary>
    public JobHost Start(Func<JobHost> start)
    {
        lock (_starting)
        {
            var host = start();
            _hosts.Add(host.Pid);
            return host;
        }
    }

    /// <summary>The host has ended: its number may be another process's from now on.</summary>
    public void Forget(int host)
    {
        lock (_starting)
            _hosts.Remove(host);
    }

    /// <summary>Kills what is left of a host that has ended, and returns when it is gone.</summary>
    public async Task EndAsync(ProcessTree host)
    {
        var orphans = new Dictionary<(int Pid, long Start), ProcessTree>();
        await Extinction.WaitAsync(
            () =>
            {
                foreach (var orphan in Find())
                    orphans.TryAdd((orphan.Pid, orphan.Start), new ProcessTree(orphan.Pid));
                return [.. orphans.Values.Append(host).SelectMany(tree => tree.Kill())];
            },
            logger.OrphansLive,
            time);
        foreach (var tree in orphans.Values.Append(host))
            tree.Reap();
    }

    /// <summary>Takes away what has ended by itself after its host had.</summary>
    public void Reap()
    {
        if (!ownsAllChildren)
            return;
        lock (_starting)
        {
            foreach (var child in ProcessTable.Read().Children(Environment.ProcessId))
            {
                if (child.IsZombie && !_hosts.Contains(child.Pid))
                    Libc.Reap(child.Pid);
            }
        }
    }

    private List<ProcessEntry> Find()
    {
        lock (_starting)
        {
            return [.. ProcessTable.Read().Children(Environment.ProcessId)
                .Where(child => !child.IsZombie && !_hosts.Contains(child.Pid) && (ownsAllChildren || HasMark(child.Pid)))];
        }
    }

    private bool HasMark(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/environ").Split('\0').Contains($"{HostPipes.Mark}={Mark}");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // It has ended, or is another user's and out of reach.
            return false;
        }
    }
}
