using System.CommandLine;
using System.CommandLine.Invocation;

namespace Dibs.Cli.Frame;

/// <summary><c>--help</c>: usage, what it does, options in two columns, one example.</summary>
internal sealed class HelpPage(Terminal terminal) : SynchronousCommandLineAction
{
    public override int Invoke(ParseResult parseResult)
    {
        var width = terminal.IsOutTerminal ? Math.Clamp(terminal.Columns, 60, 120) : 100;
        if (parseResult.CommandResult.Command is Verb verb)
            WriteVerb(verb, width);
        else
            WriteRoot(parseResult.RootCommandResult.Command, width);
        return ExitCode.Done;
    }

    private void WriteRoot(Command root, int width)
    {
        Line($"{root.Description}\n\nUsage: dibs VERB [OPTION…]\n");
        Columns([.. root.Subcommands.Select(verb => (verb.Name, FirstSentence(verb.Description ?? "")))], width);
        Line("\nOptions of every verb:\n");
        Columns([.. CommonOptions.All.Select(Row), ("-h, --help", "Show the help of a verb."), ("--version", "Show the version.")], width);
        Line("\nExample: dibs enqueue --exclusive repo:1 -- rsync -a src/ dst/");
    }

    private void WriteVerb(Verb verb, int width)
    {
        Line($"{Wrap(verb.Description ?? "", width, "\n")}\n\nUsage: {string.Join("\n       ", verb.Usage.Split(" | ").Select(form => $"dibs {verb.Name} [OPTION…] {form}".TrimEnd()))}\n");
        Columns([.. verb.Options.Concat(CommonOptions.All).Select(Row)], width);
        Line($"\nExample: {verb.Example}");
    }

    private static string FirstSentence(string text) => text.IndexOf(". ", StringComparison.Ordinal) is >= 0 and var end ? text[..(end + 1)] : text;

    private static (string, string) Row(Option option)
    {
        var names = string.Join(", ", option.Aliases.Append(option.Name).OrderBy(name => name.Length));
        var repeats = option.Arity.MaximumNumberOfValues > 1 ? "…" : "";
        return (option.HelpName is null ? names : $"{names} {option.HelpName}{repeats}", option.Description ?? "");
    }

    private void Columns(IReadOnlyList<(string Left, string Right)> rows, int width)
    {
        var left = Math.Min(rows.Max(row => row.Left.Length), 32);
        foreach (var row in rows)
        {
            var indent = new string(' ', left + 4);
            Line($"  {row.Left.PadRight(left)}{(row.Left.Length > left ? $"\n{indent}" : "  ")}{Wrap(row.Right, width - left - 4, $"\n{indent}")}");
        }
    }

    private static string Wrap(string text, int width, string separator)
    {
        var lines = new List<string> { "" };
        foreach (var word in text.Split(' '))
        {
            if (lines[^1].Length + word.Length + 1 > width)
                lines.Add(word);
            else
                lines[^1] += lines[^1].Length == 0 ? word : $" {word}";
        }
        return string.Join(separator, lines);
    }

    private void Line(string text) => terminal.Out.WriteLine(text);
}
