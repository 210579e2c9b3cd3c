using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Dibs.Cli.Frame;

/// <summary>What the process was given to talk with: streams, whether people sit there, environment and time. Tests bring their own.</summary>
internal sealed class Terminal : IDisposable
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Buffered; the frame flushes it at the end, a follower after each line.</summary>
    public required TextWriter Out { get; init; }

    public required TextWriter Error { get; init; }

    /// <summary>Opens what people type.</summary>
    public required Func<TextReader> In { get; init; }

    public bool IsOutTerminal { get; init; }

    public bool IsErrorTerminal { get; init; }

    public bool IsInTerminal { get; init; }

    /// <summary>Reads an environment variable.</summary>
    public Func<string, string?> Variable { get; init; } = Environment.GetEnvironmentVariable;

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Size of the terminal now; it may be resized.</summary>
    public Func<WindowSize> Size { get; init; } = () => WindowSize.Default;

    public int Columns => Size().Columns;

    /// <summary>Whether escape sequences are understood and wanted.</summary>
    public bool IsPlain => Variable("TERM") is "dumb";

    /// <summary>Whether color is wanted (<c>NO_COLOR</c>: https://no-color.org).</summary>
    public bool Color => !IsPlain && string.IsNullOrEmpty(Variable("NO_COLOR"));

    public static Terminal OfProcess() => new()
    {
        Out = new StreamWriter(OperatingSystem.IsWindows() ? Console.OpenStandardOutput() : new DescriptorStream(1), Utf8, bufferSize: 16 * 1024),
        Error = OperatingSystem.IsWindows() ? Console.Error : TextWriter.Synchronized(new StreamWriter(new DescriptorStream(2, drops: true), Utf8) { AutoFlush = true }),
        In = () => OperatingSystem.IsWindows() ? Console.In : new StreamReader(new FileStream(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, bufferSize: 0), Utf8),
        IsOutTerminal = !Console.IsOutputRedirected,
        IsErrorTerminal = !Console.IsErrorRedirected,
        IsInTerminal = !Console.IsInputRedirected,
        Size = WindowSize.OfProcess,
    };

    public void Dispose()
    {
        try
        {
            Out.Dispose();
        }
        catch (IOException)
        {
            // What could not be written was reported when it was flushed, or nobody reads any more.
        }
    }

    /// <summary>Whether nobody reads our output: its reader went away (EPIPE), as <c>| head</c> does, or there never was one (EBADF, <c>&gt;&amp;-</c>).</summary>
    public static bool IsClosedPipe(IOException failure) => failure.HResult is 32 or 9 or unchecked((int)0x8007006D);
}
