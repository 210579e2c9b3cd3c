using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Dibs.Execution;

/// <summary>
/// A program and all that it started and that still hangs on to it. A shell that is asked to end does so at once and leaves
/// its children behind, so who is in the tree is written down before the first signal.
/// </summary>
internal sealed class ProcessTree(Process root)
{
    private const int Sigterm = 15;
    private const int Sigkill = 9;
    private readonly Lock _lock = new();
    private readonly HashSet<Member> _members = [];

    /// <summary>SIGTERM to all of it; on Windows, where there is none, nothing: the grace passes and the program is killed.</summary>
    public void Terminate() => Signal(Sigterm);

    /// <summary>SIGKILL to all of it, also to what was left behind since it was asked to end.</summary>
    public void Kill()
    {
        if (OperatingSystem.IsLinux())
            Signal(Sigkill);
        else
            KillByRuntime();
    }

    private void Signal(int signal)
    {
        if (!OperatingSystem.IsLinux())
            return;
        Member[] members;
        lock (_lock)
        {
            _members.UnionWith(Find());
            members = [.. _members];
        }
        foreach (var member in members)
        {
            // The number of a process that has ended may be another one's by now; its start time is not.
            if (Read(member.Pid)?.Start == member.Start)
                _ = SendSignal(member.Pid, signal);
        }
    }

    private void KillByRuntime()
    {
        try
        {
            if (!root.HasExited)
                root.Kill(entireProcessTree: true);
        }
        catch (Exception failure) when (failure is Win32Exception or AggregateException && root.HasExited)
        {
            // It ended before it could be killed.
        }
    }

    private List<Member> Find()
    {
        var found = new List<Member>();
        if (root.HasExited || Read(root.Id) is not { } first)
            return found;
        var children = Directory.EnumerateDirectories("/proc")
            .Select(directory => int.TryParse(Path.GetFileName(directory.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? Read(pid) : null)
            .OfType<Entry>()
            .ToLookup(entry => entry.Parent);
        var next = new Queue<Entry>([first]);
        while (next.TryDequeue(out var entry))
        {
            found.Add(new Member(entry.Pid, entry.Start));
            foreach (var child in children[entry.Pid])
                next.Enqueue(child);
        }
        return found;
    }

    /// <summary>What proc(5) says of a process: fields 4 (parent) and 22 (start time) of its stat, counted behind the name in parentheses.</summary>
    private static Entry? Read(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return new Entry(pid, int.Parse(fields[1], CultureInfo.InvariantCulture), long.Parse(fields[19], CultureInfo.InvariantCulture));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int SendSignal(int pid, int signal);

    private readonly record struct Member(int Pid, long Start);

    private sealed record Entry(int Pid, int Parent, long Start);
}
