using System.CommandLine;
using Dibs.Cli.Input;

namespace Dibs.Cli.Frame;

/// <summary>Makes options whose values read themselves: a value that cannot be read is a usage error with the reader's own words.</summary>
internal static class Opt
{
    public static Option<bool> Flag(string name, string description) =>
        // A flag takes no value: 'true' after it would be an argument of the job.
        new(name) { Description = description, Arity = ArgumentArity.Zero };

    public static Option<string?> Text(string name, string value, string description, params string[] aliases) =>
        new(name, aliases) { Description = description, HelpName = value, Arity = ArgumentArity.ExactlyOne };

    public static Option<string[]> Texts(string name, string value, string description, params string[] aliases) =>
        new(name, aliases) { Description = description, HelpName = value, Arity = ArgumentArity.OneOrMore, AllowMultipleArgumentsPerToken = false, DefaultValueFactory = _ => [] };

    public static Option<T?> Value<T>(string name, string value, string description, Func<string, T> read, params string[] aliases) where T : struct =>
        new(name, aliases)
        {
            Description = description,
            HelpName = value,
            Arity = ArgumentArity.ExactlyOne,
            CustomParser = result =>
            {
                try
                {
                    return read(result.Tokens[0].Value);
                }
                catch (UsageException complaint)
                {
                    result.AddError(complaint.Message);
                    return null;
                }
            },
        };

    /// <summary>One of a few words, which completion knows.</summary>
    public static Option<T?> Choice<T>(string name, IReadOnlyList<string> words, string description, Func<string, T> read) where T : struct
    {
        var option = Value(name, string.Join('|', words), description, read);
        option.CompletionSources.Clear();
        option.CompletionSources.Add(_ => words.Select(word => new System.CommandLine.Completions.CompletionItem(word)));
        return option;
    }

    public static Option<T[]> Values<T>(string name, string value, string description, Func<string, T> read) where T : struct =>
        new(name)
        {
            Description = description,
            HelpName = value,
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = false,
            DefaultValueFactory = _ => [],
            CustomParser = result =>
            {
                try
                {
                    return [.. result.Tokens.Select(token => read(token.Value))];
                }
                catch (UsageException complaint)
                {
                    result.AddError(complaint.Message);
                    return [];
                }
            },
        };
}
