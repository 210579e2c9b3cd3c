using System.Text;

namespace Dibs.Jobs;

/// <summary>The lines of an attempt that are still worth keeping: the last so many, and of a program the last so many bytes. Not safe for concurrent use.</summary>
internal sealed class LogWindow
{
    private readonly Queue<int> _kept = new();
    private readonly Queue<LogLine> _unsent = new();
    private long _keptBytes;
    private long _next;

    /// <summary>Most bytes to keep, line ends included.</summary>
    public long MostBytes { get; set; } = long.MaxValue;

    public bool HasNew => _unsent.Count > 0;

    /// <summary>Number of the oldest line worth keeping, from 0.</summary>
    public long FirstKept => _next - _kept.Count;

    public void Add(LogLine line)
    {
        var bytes = Encoding.UTF8.GetByteCount(line.Text) + 1;
        _kept.Enqueue(bytes);
        _unsent.Enqueue(line);
        _keptBytes += bytes;
        _next++;
        while (_kept.Count > Limits.LogLines || _keptBytes > MostBytes)
            _keptBytes -= _kept.Dequeue();
        while (_unsent.Count > _kept.Count)
            _unsent.Dequeue();
    }

    /// <summary>Takes the lines that were not taken before and are still worth keeping, and the number of the first of them.</summary>
    public (long First, LogLine[] Lines) Take()
    {
        LogLine[] lines = [.. _unsent];
        _unsent.Clear();
        return (_next - lines.Length, lines);
    }
}
