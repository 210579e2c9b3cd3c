using System.Text;

namespace Dibs.Cli.Output;

/// <summary>Text from jobs and users, made safe to show: one line, and no control character reaches the terminal.</summary>
internal static class Printable
{
    public static string Line(string text) => Clean(text, char.IsControl);

    /// <summary>Keeps line ends and tabs.</summary>
    public static string Lines(string text) => Clean(text, letter => char.IsControl(letter) && letter is not ('\n' or '\t'));

    private static string Clean(string text, Func<char, bool> isBad)
    {
        if (!text.Any(isBad))
            return text;
        var clean = new StringBuilder(text.Length);
        foreach (var letter in text)
        {
            if (!isBad(letter))
                clean.Append(letter);
            else if (letter is '\n' or '\t')
                clean.Append(' ');
            else if (letter is not '\r')
                clean.Append('�');
        }
        return clean.ToString();
    }
}
