using System.Globalization;
using Spectre.Console;

namespace Dibs.Cli.Output;

/// <summary>Text measured in columns of a terminal: wide letters take two, marks that join the letter before them none. What people see as one letter is never cut in two.</summary>
internal static class TextWidth
{
    public static int Of(ReadOnlySpan<char> text)
    {
        var sum = 0;
        foreach (var letter in text)
            sum += letter.GetCellWidth();
        return sum;
    }

    public static string PadRight(string text, int width) => text + Blanks(width - Of(text));

    public static string PadLeft(string text, int width) => Blanks(width - Of(text)) + text;

    /// <summary>The text, or as much of its begin as fits, with <c>…</c> for the rest.</summary>
    public static string Cut(string text, int width) => Of(text) <= width ? text : $"{text.AsSpan(0, Fit(text, width - 1))}…";

    /// <summary>The text in lines that fit, broken between words, and within one that is wider than a line.</summary>
    public static IReadOnlyList<string> Wrap(string text, int width)
    {
        var lines = new List<string>();
        var (begin, end, used, isFirst) = (0, 0, 0, true);
        foreach (var range in text.AsSpan().Split(' '))
        {
            var (word, stop) = (range.Start.Value, range.End.Value);
            var wide = Of(text.AsSpan(word..stop));
            if (!isFirst && used + 1 + wide > width)
            {
                lines.Add(text[begin..end]);
                (begin, used, isFirst) = (word, 0, true);
            }
            used += isFirst ? wide : 1 + wide;
            while (used > width && word + Fit(text.AsSpan(word..stop), width) is var cut && cut < stop)
            {
                used -= Of(text.AsSpan(word..cut));
                lines.Add(text[begin..cut]);
                begin = word = cut;
            }
            (end, isFirst) = (stop, false);
        }
        lines.Add(text[begin..end]);
        return lines;
    }

    /// <summary>How many chars fit; those of one letter at least.</summary>
    private static int Fit(ReadOnlySpan<char> text, int width)
    {
        var end = StringInfo.GetNextTextElementLength(text);
        for (var used = Of(text[..end]); end < text.Length;)
        {
            var next = StringInfo.GetNextTextElementLength(text[end..]);
            used += Of(text.Slice(end, next));
            if (used > width)
                break;
            end += next;
        }
        return end;
    }

    private static string Blanks(int count) => new(' ', Math.Max(0, count));
}
