using Dibs.Cli.Frame;
using Dibs.Cli.Output;

namespace Dibs.Cli.Commands;

/// <summary>One line on a terminal while a measured run goes on: a bar, and what is being measured. It hides nothing that would have to be brought back.</summary>
internal sealed class BenchProgress(Invocation run) : IDisposable
{
    private const int BarWidth = 24;
    private const int Parts = 1000;
    private const string ClearLine = "\r\e[K";

    private readonly bool _isLive = run.Terminal.IsErrorTerminal && !run.Terminal.IsPlain && !run.Quiet;

    /// <param name="what">What is being measured.</param>
    /// <param name="done">How much of the whole is done, from 0 to 1.</param>
    public void Show(string what, double done)
    {
        if (_isLive)
            Write($"{ClearLine}{Bar.Of((long)(done * Parts), Parts, BarWidth)} {what}");
    }

    public void Clear()
    {
        if (_isLive)
            Write(ClearLine);
    }

    public void Dispose() => Clear();

    private void Write(string text)
    {
        run.Terminal.Error.Write(text);
        run.Terminal.Error.Flush();
    }
}
