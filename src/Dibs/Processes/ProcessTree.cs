namespace Dibs.Processes;

/// <summary>
/// A process and all that it started and that still hangs on to it, on Linux. Who is in the tree is written down before the first
/// signal: a shell that is asked to end does so at once and leaves its children behind.
/// </summary>
/// <param name="root">The number of the process, which must not have been reaped when this is made.</param>
/// <param name="withRoot">Whether the process itself belongs to what is signaled.</param>
internal sealed class ProcessTree(int root, bool withRoot = true)
{
    private readonly Lock _lock = new();
    private readonly ProcessEntry? _root = ProcessTable.Find(root);
    private readonly Dictionary<(int Pid, long Start), ProcessEntry> _members = [];

    /// <summary>SIGTERM to all of it.</summary>
    public void Terminate()
    {
        lock (_lock)
        {
            _ = Look();
            foreach (var member in _members.Values)
                Signal(member, Libc.Sigterm);
        }
    }

    /// <summary>SIGKILL to all of it, also to what was left behind since it was asked to end. What may not be signaled goes on.</summary>
    /// <returns>What had not ended a moment later.</returns>
    public IReadOnlyList<ProcessEntry> Kill()
    {
        lock (_lock)
        {
            // All of it stands still before the first one ends, so that nothing is started meanwhile by one that is not known yet.
            _ = Look();
            do
            {
                foreach (var member in _members.Values)
                    Signal(member, Libc.Sigstop);
            }
            while (Look().Count > 0);
            foreach (var member in _members.Values)
                Signal(member, Libc.Sigkill);
            return [.. _members.Values.Where(IsAlive)];
        }
    }

    /// <summary>Takes away those that have ended and hang on to this process. Only for what nobody else waits for.</summary>
    public void Reap() => Reap(_members.Values);

    /// <summary>As <see cref="Reap()"/>, but only those that had another parent before: whatever else waits in this process, it does not wait for them.</summary>
    public void ReapAdopted() => Reap(_members.Values.Where(member => member.Parent != Environment.ProcessId));

    private void Reap(IEnumerable<ProcessEntry> members)
    {
        lock (_lock)
        {
            foreach (var member in members)
            {
                if (ProcessTable.Find(member.Pid) is { IsZombie: true } now && now.Start == member.Start && now.Parent == Environment.ProcessId)
                    Libc.Reap(member.Pid);
            }
        }
    }

    /// <summary>Writes down who is in the tree, and returns those that were not known before.</summary>
    private List<ProcessEntry> Look()
    {
        var table = ProcessTable.Read();
        var news = new List<ProcessEntry>();
        if (_root is not null && ProcessTable.Find(root) is { } now && now.Start == _root.Start)
            Add(withRoot ? [now, .. table.Descendants(root)] : table.Descendants(root), news);
        foreach (var member in _members.Values.Where(IsAlive).ToArray())
            Add(table.Descendants(member.Pid), news);
        return news;
    }

    private void Add(IEnumerable<ProcessEntry> found, List<ProcessEntry> news)
    {
        foreach (var entry in found)
        {
            if (!entry.IsZombie && _members.TryAdd((entry.Pid, entry.Start), entry))
                news.Add(entry);
        }
    }

    // The number of a process that has ended may be another one's by now; its start time is not.
    private static bool IsAlive(ProcessEntry member) => ProcessTable.Find(member.Pid) is { IsZombie: false } now && now.Start == member.Start;

    private static void Signal(ProcessEntry member, int signal)
    {
        if (IsAlive(member))
            _ = Libc.Kill(member.Pid, signal);
    }
}
