using System.Text;

namespace Dibs.Execution;

/// <summary>Hands on the output of a program line by line, and keeps the end of it. A very long line is cut.</summary>
/// <param name="take">What a line becomes.</param>
/// <param name="keep">Characters to keep of the end.</param>
internal sealed class OutputTail(Action<string> take, int keep = 4 * 1024)
{
    private const int LongestLine = 8 * 1024;
    private readonly Lock _lock = new();
    private readonly StringBuilder _last = new();

    /// <summary>The end of what was written, for the error of a job that failed.</summary>
    public string? Last
    {
        get
        {
            lock (_lock)
                return _last.Length == 0 ? null : _last.ToString(Math.Max(0, _last.Length - keep), Math.Min(_last.Length, keep)).TrimEnd();
        }
    }

    public Task ReadAsync(StreamReader reader) => ReadLinesAsync(reader, Take);

    /// <summary>Reads to the end.</summary>
    /// <param name="reader">From where.</param>
    /// <param name="take">Called with each line.</param>
    /// <param name="lineStart">A line begins at this character, wherever it stands.</param>
    public static async Task ReadLinesAsync(StreamReader reader, Action<string> take, char? lineStart = null)
    {
        var buffer = new char[4096];
        var line = new StringBuilder();
        while (await ReadSomeAsync(reader, buffer) is var count and > 0)
        {
            foreach (var character in buffer.AsSpan(0, count))
            {
                if (character == '\n' || (character == lineStart && line.Length > 0))
                {
                    take(line.ToString());
                    line.Clear();
                }
                if (character is not '\n' and not '\r' and not '\0' && line.Length < LongestLine)
                    line.Append(character);
            }
        }
        if (line.Length > 0)
            take(line.ToString());
    }

    public void Take(string line)
    {
        take(line);
        lock (_lock)
        {
            _last.Append(line).Append('\n');
            if (_last.Length > 4 * keep)
                _last.Remove(0, _last.Length - keep);
        }
    }

    /// <summary>0 at the end, also when the pipe was closed on our side.</summary>
    private static async Task<int> ReadSomeAsync(StreamReader reader, char[] buffer)
    {
        try
        {
            return await reader.ReadAsync(buffer);
        }
        catch (Exception exception) when (exception is ObjectDisposedException or IOException or InvalidOperationException)
        {
            return 0;
        }
    }
}
