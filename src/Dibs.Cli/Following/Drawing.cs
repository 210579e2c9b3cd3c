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
    private readonly Lock _lock = new();
    private int _height;
    private bool _isDone;

    public Drawing(Terminal terminal, TextWriter writer)
    {
        _terminal = terminal;
        _writer = writer;
        if (!OperatingSystem.IsWindows())
            _stopped = PosixSignalRegistration.Create(PosixSignal.SIGTSTP, Stop);
        // A second signal ends the process where it stands.
        AppDomain.CurrentDomain.ProcessExit += GiveBack;
    }

    public void Show(IRenderable picture)
    {
        using var drawn = new StringWriter { NewLine = "\n" };
        RichConsole.Create(_terminal, drawn).Write(picture);
        // What does not fit on the screen could not be drawn over.
        var lines = drawn.ToString().TrimEnd('\n').Split('\n').Take(Math.Max(1, _terminal.Size().Rows - 1)).ToArray();
        lock (_lock)
        {
            if (_isDone)
                return;
            var up = _height > 0 ? $"\e[{_height}A" : "";
            Emit($"{HideCursor}{up}{EraseBelow}{string.Join('\n', lines)}\n");
            _height = lines.Length;
        }
    }

    public void Dispose()
    {
        _stopped?.Dispose();
        AppDomain.CurrentDomain.ProcessExit -= GiveBack;
        GiveBack(this, EventArgs.Empty);
    }

    private void GiveBack(object? sender, EventArgs e)
    {
        lock (_lock)
        {
            _isDone = true;
            Emit(ShowCursor);
        }
    }

    /// <summary>Leaves the shell its cursor, then stops; who handles SIGTSTP has to stop the process himself.</summary>
    private void Stop(PosixSignalContext context)
    {
        context.Cancel = true;
        lock (_lock)
        {
            Emit(ShowCursor);
            _ = Kill(Environment.ProcessId, StopNow);
            // The shell has written below the picture meanwhile, so the next one begins there.
            _height = 0;
        }
    }

    private void Emit(string text)
    {
        _writer.Write(text);
        _writer.Flush();
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int pid, int signal);
}
