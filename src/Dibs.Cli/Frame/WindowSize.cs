using System.Runtime.InteropServices;

namespace Dibs.Cli.Frame;

/// <summary>How much a terminal shows.</summary>
internal readonly record struct WindowSize(int Columns, int Rows)
{
    private const nuint Ask = 0x5413; // TIOCGWINSZ of Linux

    /// <summary>What is taken where nobody says.</summary>
    public static WindowSize Default { get; } = new(80, 24);

    /// <summary>Of the terminal that this process writes to, now; it may be resized.</summary>
    public static WindowSize OfProcess()
    {
        if (!OperatingSystem.IsLinux())
            return OfConsole();
        // Where standard output is piped, errors and progress may still go to a terminal.
        foreach (var descriptor in (ReadOnlySpan<int>)[1, 2])
        {
            if (Control(descriptor, Ask, out var answer) == 0)
                return Of(answer.Columns, answer.Rows);
        }
        return Default;
    }

    /// <summary>A terminal that was never told its size says 0.</summary>
    private static WindowSize Of(int columns, int rows) => new(columns > 0 ? columns : Default.Columns, rows > 0 ? rows : Default.Rows);

    private static WindowSize OfConsole()
    {
        try
        {
            return Of(Console.WindowWidth, Console.WindowHeight);
        }
        catch (IOException)
        {
            return Default;
        }
    }

    [DllImport("libc", EntryPoint = "ioctl")]
    private static extern int Control(int descriptor, nuint request, out Answer answer);

    private struct Answer
    {
        public ushort Rows;
        public ushort Columns;
        public ushort PixelColumns;
        public ushort PixelRows;
    }
}
