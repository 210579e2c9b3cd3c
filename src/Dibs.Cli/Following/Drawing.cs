using System.Runtime.InteropServices;
using Dibs.Cli.Frame;
using Dibs.Cli.Output;
using Spectre.Console.Rendering;

namespace Dibs.Cli.Following;

/// <summary>A picture that is drawn over the one before it. The cursor is hidden meanwhile, and given back whatever ends the drawing.</summary>
internal sealed class Drawing : IDisposable
{
    private const string ShowCursor = "\e[?25h";
    private const string HideCursor = "\e[?25l";
    private const string EraseBelow = "\r\e[J";

    // SIGSTOP, which nobody can handle.
    private static readonly int StopNow = OperatingSystem.IsMacOS() ? 17 : 19;

    private readonly Terminal _terminal;
    private readonly TextWriter _writer;
    private readonly PosixSignalRegistration? _stopped;
    private int _height;

    public Drawing(Terminal terminal, TextWriter writer)
    {
        _terminal = terminal;
        _writer = writer;
        if (!OperatingSystem.IsWindows())
            _stopped = PosixSignalRegistration.Create(PosixSignal.SIGTSTP, Stop);
    }

    public void Show(IRenderable picture)
    {
        using var drawn = new StringWriter { NewLine = "\n" };
        RichConsole.Create(_terminal, drawn).Write(picture);
        var text = drawn.ToString().TrimEnd('\n');
        var up = _height > 0 ? $"\e[{_height}A" : "";
        Emit($"{HideCursor}{up}{EraseBelow}{text}\n");
        _height = text.Count(letter => letter == '\n') + 1;
    }

    public void Dispose()
    {
        _stopped?.Dispose();
        Emit(ShowCursor);
    }

    /// <summary>Leaves the shell its cursor, then stops; who handles SIGTSTP has to stop the process himself.</summary>
    private void Stop(PosixSignalContext context)
    {
        context.Cancel = true;
        Emit(ShowCursor);
        _ = Kill(Environment.ProcessId, StopNow);
    }

    private void Emit(string text)
    {
        _writer.Write(text);
        _writer.Flush();
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int pid, int signal);
}
