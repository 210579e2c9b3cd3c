using System.CommandLine;
using Dibs.Cli.Commands;
using Dibs.Cli.Frame;

namespace Dibs.Cli.Settings;

/// <summary>The section <c>worker</c>: the long options of <c>dibs worker</c>, read by the parser that reads them on the command line.</summary>
internal static class WorkerSection
{
    // Relative ones are meant from the directory of the settings file.
    private static readonly string[] Paths = ["app", "pid", "health-file"];

    public static ParseResult Read(SettingsSection section, RootCommand root, string directory)
    {
        var verb = root.Subcommands.OfType<WorkerVerb>().Single();
        var options = verb.Options.ToDictionary(option => option.Name[2..], StringComparer.Ordinal);
        section.AllowOnly(options.Keys);
        var words = new List<string> { verb.Name };
        foreach (var (key, node) in section.Entries)
            words.AddRange(ReadOption(root, verb, options[key], node, Paths.Contains(key) ? directory : null));
        return root.Parse(words, DibsCommandLine.Rules);
    }

    /// <summary>The words of one option, each checked alone so that a complaint has its line.</summary>
    private static IEnumerable<string> ReadOption(RootCommand root, WorkerVerb verb, Option option, SettingsNode node, string? directory)
    {
        if (option.ValueType == typeof(bool))
            return node.AsFlag() ? [option.Name] : [];
        var values = option.Arity.MaximumNumberOfValues > 1 ? node.AsTexts() : node.AsText() is { } text ? [new SettingsText(node.Line, node.Key, text)] : [];
        return [.. values.Select(value => Checked(root, verb, value, Word(option, value, directory)))];
    }

    private static string Word(Option option, SettingsText value, string? directory) =>
        value.Value is { Length: > 0 } text
            ? $"{option.Name}={(directory is null ? text : Path.GetFullPath(text, directory))}"
            : throw value.Refused("is empty; write a value, or take the key out");

    private static string Checked(RootCommand root, WorkerVerb verb, SettingsText value, string word) =>
        root.Parse([verb.Name, word], DibsCommandLine.Rules).Errors is [var error, ..] ? throw new SettingsException(value.Line, UsageCheck.Message(error)) : word;
}
