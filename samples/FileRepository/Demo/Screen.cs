using System.Globalization;

namespace FileRepository.Demo;

/// <summary>Text that fits into columns. All of it is one column per character.</summary>
internal static class Screen
{
    /// <summary>Exactly so many columns: filled with spaces, or cut with an ellipsis.</summary>
    public static string Fit(string text, int width) => text.Length <= width ? text.PadRight(width) : width < 1 ? "" : text[..(width - 1)] + "…";

    public static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, time.TotalSeconds):0.0} s");

    public static string Megabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB");

    public static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A bar of so many columns, filled to an eighth of a column.</summary>
    public static (string Filled, string Empty) Bar(double part, int width)
    {
        var eighths = (int)(Math.Clamp(part, 0, 1) * width * 8);
        var filled = new string('█', eighths / 8) + (eighths % 8 > 0 ? "▏▎▍▌▋▊▉"[eighths % 8 - 1] : "");
        return (filled, new string('░', width - filled.Length));
    }

    /// <summary>Words in lines of so many columns; lines after the first begin with so many spaces.</summary>
    public static IEnumerable<string> Wrap(IEnumerable<string> words, int width, int indent)
    {
        var line = "";
        foreach (var word in words)
        {
            var longer = line.Length == 0 ? word : $"{line} {word}";
            if (longer.Length > width && line.Length > 0)
            {
                yield return line;
                longer = new string(' ', indent) + word;
            }
            line = longer;
        }
        if (line.Length > 0)
            yield return line;
    }
}
