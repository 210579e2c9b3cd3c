using System.CommandLine;

namespace Dibs.Cli.Frame;

/// <summary>One verb of the command line: its options, an example, and what it does.</summary>
internal abstract class Verb : Command
{
    /// <summary>All that is no option, in one list: how many there may be is for the verb to say, which words it better.</summary>
    private readonly Argument<string[]> _operands = new("operands") { Arity = ArgumentArity.ZeroOrMore, Hidden = true };

    protected Verb(string name, string usage, string description, string example) : base(name, description)
    {
        Usage = usage;
        Example = example;
        Add(_operands);
    }

    /// <summary>What follows the verb in its usage line, such as <c>ID</c>.</summary>
    public string Usage { get; }

    /// <summary>A command that one may copy.</summary>
    public string Example { get; }

    /// <summary>Words that may stand as operands, for completion.</summary>
    protected void Offer(params string[] words) => _operands.CompletionSources.Add(_ => words.Select(word => new System.CommandLine.Completions.CompletionItem(word)));

    public string[] OperandsIn(ParseResult parsed) => parsed.GetValue(_operands) ?? [];

    /// <summary>What to write instead of an option that other programs have in its place; null if there is nothing to say.</summary>
    public virtual string? Explain(string option) => null;

    /// <returns>The exit code.</returns>
    public abstract Task<int> RunAsync(Invocation run);
}
