using System.Text;

namespace Dibs.Execution;

/// <summary>The output of a program as log lines of its job. Of a flood only the last part is handed on; a very long line is cut.</summary>
internal sealed class OutputTail(JobContext context)
{
    private const int LongestLine = 8 * 1024;
    private const int DetailKept = 4 * 1024;
    private readonly Lock _lock = new();
    private readonly StringBuilder _last = new();

    /// <summary>The end of what was written, for the error of a job that failed.</summary>
    public string? Last
    {
        get
        {
            lock (_lock)
                return _last.Length == 0 ? null : _last.ToString(Math.Max(0, _last.Length - DetailKept), Math.Min(_last.Length, DetailKept)).TrimEnd();
        }
    }

    public async Task ReadAsync(StreamReader reader)
    {
        var buffer = new char[4096];
        var line = new StringBuilder();
        while (await ReadSomeAsync(reader, buffer) is var count and > 0)
        {
            foreach (var character in buffer.AsSpan(0, count))
            {
                if (character == '\n')
                    Take(line);
                else if (character is not '\r' and not '\0' && line.Length < LongestLine)
                    line.Append(character);
            }
        }
        if (line.Length > 0)
            Take(line);
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

    private void Take(StringBuilder line)
    {
        var text = line.ToString();
        line.Clear();
        context.Log(text);
        lock (_lock)
        {
            _last.Append(text).Append('\n');
            if (_last.Length > 4 * DetailKept)
                _last.Remove(0, _last.Length - DetailKept);
        }
    }
}
