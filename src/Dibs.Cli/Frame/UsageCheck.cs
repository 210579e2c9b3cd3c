using System.CommandLine;
using System.CommandLine.Parsing;
using Dibs.Cli.Input;

namespace Dibs.Cli.Frame;

/// <summary>Refuses what was written wrongly, in words of our own: which word, and what was probably meant.</summary>
internal static class UsageCheck
{
    /// <param name="root">All verbs.</param>
    /// <param name="parsed">What the parser made of the words.</param>
    /// <param name="head">The words before a <c>--</c>.</param>
    /// <exception cref="UsageException">Something is wrong.</exception>
    public static void Refuse(RootCommand root, ParseResult parsed, string[] head)
    {
        var command = parsed.CommandResult.Command;
        if (command is not Verb verb)
            throw UnknownVerb(root, parsed);
        var options = verb.Options.Concat(CommonOptions.All).ToArray();
        RefuseMissingValues(options, head);
        foreach (var operand in verb.OperandsIn(parsed))
            RefuseOptionLike(verb, operand, options);
        foreach (var option in options)
            RefuseRepeated(parsed, option);
        if (parsed.Errors is [var error, ..])
            throw new UsageException(Message(error));
    }

    /// <summary>What the parser says of a value, with the option that it is of.</summary>
    public static string Message(ParseError error) =>
        error.SymbolResult is OptionResult result && !error.Message.Contains(result.Option.Name, StringComparison.Ordinal) ? $"{result.Option.Name}: {error.Message}" : error.Message;

    private static UsageException UnknownVerb(RootCommand root, ParseResult parsed)
    {
        var verbs = root.Subcommands.Select(verb => verb.Name).ToArray();
        return (parsed.UnmatchedTokens is [var first, ..] ? first : null) switch
        {
            null => new UsageException("no verb is given; see dibs --help"),
            ['-', ..] option => new UsageException($"unknown option '{option}'{OptionText.Meant(option, root.Options.Select(known => known.Name))}; see dibs --help"),
            var word => new UsageException($"unknown verb '{word}'{OptionText.Meant(word, verbs)}; see dibs --help"),
        };
    }

    /// <summary>A word like an option would be the value of the one before it, or an argument of the job: more likely it is a slip.</summary>
    private static void RefuseMissingValues(Option[] options, string[] head)
    {
        for (var i = 0; i < head.Length; i++)
        {
            if (Find(options, head[i]) is not { Arity.MaximumNumberOfValues: > 0 })
                continue;
            if (i + 1 == head.Length)
                throw new UsageException($"{head[i]} needs a value; see --help");
            if (Find(options, head[i + 1]) is not null)
                throw new UsageException($"{head[i]} needs a value; if it is the text '{head[i + 1]}', write {head[i]}={head[i + 1]}");
            i++;
        }
    }

    private static void RefuseOptionLike(Verb verb, string operand, Option[] options)
    {
        if (operand is ['-', not (>= '0' and <= '9' or '.'), ..])
        {
            var name = operand.Split('=')[0];
            if (verb.Explain(name) is { } answer)
                throw new UsageException(answer);
            throw new UsageException($"unknown option '{name}' of '{verb.Name}'{OptionText.Meant(name, options.Select(option => option.Name))}; "
                + $"see dibs {verb.Name} --help, or write -- before words that begin with '-'");
        }
    }

    private static void RefuseRepeated(ParseResult parsed, Option option)
    {
        if (option.Arity.MaximumNumberOfValues == 1 && parsed.GetResult(option) is { IdentifierTokenCount: > 1 })
            throw new UsageException($"{option.Name} is given more than once; give it once");
    }

    private static Option? Find(Option[] options, string word) => Array.Find(options, option => option.Name == word || option.Aliases.Contains(word));
}
