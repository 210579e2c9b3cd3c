using Dibs.Cli.Frame;
using Dibs.Cli.Output;

namespace Dibs.Cli.Commands;

/// <summary>
/// One line on a terminal while a measured run goes on: a bar, what is being measured, and for how long already, each second anew. It
/// hides nothing that would have to be brought back.
/// </summary>
internal sealed class BenchProgress : IDisposable
{
    private const int BarWidth = 24;
    private const int Parts = 1000;
    private const string ClearLine = "\r\e[K";
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly Terminal _terminal;
    private readonly ITimer? _timer;
    private readonly Lock _lock = new();
    private string? _what;
    private double _done;
    private long _since;

    public BenchProgress(Invocation run)
    {
        _terminal = run.Terminal;
        if (_terminal.IsErrorTerminal && !_terminal.IsPlain && !run.Quiet)
            _timer = _terminal.Time.CreateTimer(_ => Draw(), null, Second, Second);
    }

    /// <param name="what">What is being measured.</param>
    /// <param name="done">How much of the whole is done, from 0 to 1.</param>
    public void Show(string what, double done)
    {
        lock (_lock)
            (_what, _done, _since) = (what, done, _terminal.Time.GetTimestamp());
        Draw();
    }

    public void Dispose()
    {
        if (_timer is null)
            return;
        _timer.Dispose();
        lock (_lock)
        {
            _what = null;
            Write(ClearLine);
        }
    }

    private void Draw()
    {
        lock (_lock)
        {
            if (_timer is null || _what is null)
                return;
            var seconds = (long)_terminal.Time.GetElapsedTime(_since).TotalSeconds;
            Write($"{ClearLine}{Bar.Of((long)(_done * Parts), Parts, BarWidth)} {_what}{(seconds == 0 ? "" : $" ({seconds} s)")}");
        }
    }

    private void Write(string text)
    {
        _terminal.Error.Write(text);
        _terminal.Error.Flush();
    }
}
