using System.Globalization;

namespace Dibs.Processes;

/// <summary>One look at the processes of this machine, by <c>/proc</c>.</summary>
internal sealed class ProcessTable
{
    private readonly ILookup<int, ProcessEntry> _byParent;

    private ProcessTable(IEnumerable<ProcessEntry> entries) => _byParent = entries.ToLookup(entry => entry.Parent);

    public static ProcessTable Read() => new(
        Directory.EnumerateDirectories("/proc")
            .Select(directory => int.TryParse(Path.GetFileName(directory.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? Find(pid) : null)
            .OfType<ProcessEntry>());

    public IEnumerable<ProcessEntry> Children(int pid) => _byParent[pid];

    /// <summary>Its children, theirs, and so on; without itself.</summary>
    public List<ProcessEntry> Descendants(int pid)
    {
        var found = Children(pid).ToList();
        for (var i = 0; i < found.Count; i++)
            found.AddRange(Children(found[i].Pid));
        return found;
    }

    /// <summary>What proc(5) says of a process in its <c>stat</c>: fields 3, 4, 6, 22 and 24, counted behind the name in parentheses. Null when it is gone.</summary>
    public static ProcessEntry? Find(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return new ProcessEntry(pid, (int)Number(fields[1]), (int)Number(fields[3]), fields[0][0], Number(fields[19]), Number(fields[21]) * Environment.SystemPageSize);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static long Number(string field) => long.Parse(field, CultureInfo.InvariantCulture);
}

/// <summary>One process.</summary>
/// <param name="Pid">Its number, which another one may have later.</param>
/// <param name="Parent">Its parent.</param>
/// <param name="Session">Its session: that of whoever started it, or its own number once it made one.</param>
/// <param name="State">The letter of proc(5).</param>
/// <param name="Start">When it began: with the number it is unique.</param>
/// <param name="Memory">Bytes resident.</param>
internal sealed record ProcessEntry(int Pid, int Parent, int Session, char State, long Start, long Memory)
{
    /// <summary>It has ended, and waits for its parent to hear of it.</summary>
    public bool IsZombie => State is 'Z' or 'X';
}
