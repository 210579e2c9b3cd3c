using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Dibs.Cli.Frame;

/// <summary>What the process was given to talk with: streams, whether people sit there, environment and time. Tests bring their own.</summary>
internal sealed class Terminal : IDisposable
{
    private const int DefaultWidth = 80;

    /// <summary>Buffered; the frame flushes it at the end, a follower after each line.</summary>
    public required TextWriter Out { get; init; }

    public required TextWriter Error { get; init; }

    public required TextReader In { get; init; }

    public bool IsOutTerminal { get; init; }

    public bool IsErrorTerminal { get; init; }

    public bool IsInTerminal { get; init; }

    /// <summary>Reads an environment variable.</summary>
    public Func<string, string?> Variable { get; init; } = Environment.GetEnvironmentVariable;

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Columns of the terminal now; it may be resized.</summary>
    public Func<int> Columns { get; init; } = () => DefaultWidth;

    /// <summary>Whether escape sequences are understood and wanted.</summary>
    public bool IsPlain => Variable("TERM") is "dumb";

    /// <summary>Whether color is wanted (<c>NO_COLOR</c>: https://no-color.org).</summary>
    public bool Color => !IsPlain && string.IsNullOrEmpty(Variable("NO_COLOR"));

    public static Terminal OfProcess() => new()
    {
        Out = new StreamWriter(OutStream(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 16 * 1024),
        Error = Console.Error,
        In = Console.In,
        IsOutTerminal = !Console.IsOutputRedirected,
        IsErrorTerminal = !Console.IsErrorRedirected,
        IsInTerminal = !Console.IsInputRedirected,
        Columns = ColumnsOfProcess,
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

    /// <summary>Whether the reader of our output went away (EPIPE), as <c>| head</c> does.</summary>
    public static bool IsClosedPipe(IOException failure) => failure.HResult is 32 or unchecked((int)0x8007006D);

    /// <summary>
    /// The console stream of .NET swallows a closed pipe, so a follower would write to nobody for ever; a file stream reports it.
    /// What can be sought in stays with the console stream, which appends where other writers of the same file have come to.
    /// </summary>
    private static Stream OutStream()
    {
        if (OperatingSystem.IsWindows() || !Console.IsOutputRedirected)
            return Console.OpenStandardOutput();
        try
        {
            var stream = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
            return stream.CanSeek ? Console.OpenStandardOutput() : stream;
        }
        catch (IOException)
        {
            // Standard output is closed (>&-): the console stream drops what is written.
            return Console.OpenStandardOutput();
        }
    }

    private static int ColumnsOfProcess()
    {
        try
        {
            return Console.WindowWidth is > 0 and var width ? width : DefaultWidth;
        }
        catch (IOException)
        {
            return DefaultWidth;
        }
    }
}
