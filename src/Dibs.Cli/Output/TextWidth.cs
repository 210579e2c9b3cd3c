using System.Globalization;
using System.Text;
using Spectre.Console;

namespace Dibs.Cli.Output;

/// <summary>Text measured in columns of a terminal: wide letters take two, marks that join the letter before them none. What people see as one letter is never cut in two.</summary>
internal static class TextWidth
{
    public static int Of(string text) => text.GetCellWidth();

    public static string PadRight(string text, int width) => text + Blanks(width - Of(text));

    public static string PadLeft(string text, int width) => Blanks(width - Of(text)) + text;

    /// <summary>The text, or as much of its begin as fits, with <c>…</c> for the rest.</summary>
    public static string Cut(string text, int width)
    {
        if (Of(text) <= width)
            return text;
        var (begin, _) = Split(text, width - 1);
        return $"{begin}…";
    }

    /// <summary>The text in lines that fit, broken between words, and within one that is wider than a line.</summary>
    public static IReadOnlyList<string> Wrap(string text, int width)
    {
        var lines = new List<string>();
        var line = new StringBuilder();
        var used = 0;
        foreach (var word in text.Split(' '))
        {
            if (line.Length > 0 && used + 1 + Of(word) > width)
                End();
            else if (line.Length > 0)
                Add(" ");
            var rest = word;
            while (Of(rest) > width - used)
            {
                (var begin, rest) = Split(rest, width - used);
                Add(begin);
                End();
            }
            Add(rest);
        }
        End();
        return lines;

        void Add(string part)
        {
            line.Append(part);
            used += Of(part);
        }

        void End()
        {
            lines.Add(line.ToString());
            line.Clear();
            used = 0;
        }
    }

    /// <summary>As much as fits, but at least one letter, and the rest.</summary>
    private static (string Begin, string End) Split(string text, int width)
    {
        var end = StringInfo.GetNextTextElementLength(text);
        for (var used = Of(text[..end]); end < text.Length;)
        {
            var next = StringInfo.GetNextTextElementLength(text, end);
            used += Of(text.Substring(end, next));
            if (used > width)
                break;
            end += next;
        }
        return (text[..end], text[end..]);
    }

    private static string Blanks(int count) => new(' ', Math.Max(0, count));
}
