using System.Globalization;

namespace Dibs.JobHosts;

/// <summary>
/// The line that a host writes into its output when an attempt has ended, so that its worker knows that it has read all that the
/// attempt wrote: pipes keep their order, but not among each other.
/// </summary>
internal static class OutputMark
{
    /// <summary>Begins a mark wherever it stands, also behind a line that was not ended. Programs seldom write it, and may.</summary>
    public const char Start = '\u0001';

    private const string Word = "dibs:";

    public static void Write(long fence)
    {
        Console.Out.Flush();
        Console.Error.Flush();
        var mark = System.Text.Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Start}{Word}{fence}\n"));
        Write(Console.OpenStandardOutput, mark);
        Write(Console.OpenStandardError, mark);
    }

    /// <summary>The fence that a line marks the end of; null for any other line.</summary>
    public static long? Read(string line) =>
        line.StartsWith(Start) && line.AsSpan(1).StartsWith(Word) && long.TryParse(line.AsSpan(1 + Word.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var fence) ? fence : null;

    private static void Write(Func<Stream> open, byte[] mark)
    {
        try
        {
            open().Write(mark);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The job closed it: nothing more can come from there, and the worker sees that by the end of the stream.
        }
    }
}
