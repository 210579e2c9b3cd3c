using System.Text;

namespace Dibs.Cli.Output;

/// <summary>
/// Text from jobs and users, made safe to show: one line, and nothing reaches the terminal that does something to it or to the order
/// in which what follows is read.
/// </summary>
internal static class Printable
{
    public static string Line(string text) => Clean(text, IsUnsafe);

    /// <summary>Keeps line ends and tabs.</summary>
    public static string Lines(string text) => Clean(text, letter => IsUnsafe(letter) && letter is not ('\n' or '\t'));

    // Ends of lines and paragraphs; what turns the direction of writing around, as in https://trojansource.codes; and what is no character at all.
    private static bool IsUnsafe(char letter) =>
        char.IsControl(letter) || letter is '\u2028' or '\u2029' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069') or '\ufffe' or '\uffff';

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
