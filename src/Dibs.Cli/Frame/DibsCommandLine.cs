using System.CommandLine;
using System.CommandLine.Help;
using Dibs.Cli.Commands;

namespace Dibs.Cli.Frame;

/// <summary>The command line from its words to its exit code.</summary>
internal static class DibsCommandLine
{
    // No response files: an argument of a job may begin with '@'.
    public static readonly ParserConfiguration Rules = new() { ResponseFileTokenReplacer = null };

    public static async Task<int> RunAsync(IReadOnlyList<string> words, Terminal terminal, CreateStore createStore, Interrupts interrupts)
    {
        // The first '--' ends the options, whatever stands after it.
        var end = words.TakeWhile(word => word != "--").Count();
        var head = words.Take(end).ToArray();
        var tail = end < words.Count ? words.Skip(end + 1).ToArray() : null;
        var json = head.Contains(CommonOptions.Json.Name);
        try
        {
            var root = CreateRoot(terminal);
            var parsed = root.Parse(head, Rules);
            // The help of a verb that does not exist is no help.
            var isUnknown = parsed is { Action: HelpPage, UnmatchedTokens.Count: > 0, CommandResult.Command: not Verb };
            var exit = !isUnknown && parsed.Action is { } and not System.CommandLine.Invocation.ParseErrorAction
                ? parsed.Invoke(new InvocationConfiguration { Output = terminal.Out, Error = terminal.Error, EnableDefaultExceptionHandler = false })
                : await RunVerbAsync(root, parsed, head, tail, terminal, createStore, interrupts);
            await terminal.Out.FlushAsync();
            return exit;
        }
        catch (OperationCanceledException) when (interrupts.Signal != 0)
        {
            return ExitCode.Signaled(interrupts.Signal);
        }
        catch (IOException failure) when (Terminal.IsClosedPipe(failure))
        {
            return ExitCode.Done;
        }
        catch (Exception failure)
        {
            var fault = Fault.Of(failure);
            fault.Report(terminal, json);
            if (fault.Exit == ExitCode.Bug && head.Contains(CommonOptions.Verbose.Name))
                await terminal.Error.WriteLineAsync(failure.ToString());
            return fault.Exit;
        }
    }

    private static async Task<int> RunVerbAsync(
        RootCommand root, ParseResult parsed, string[] head, string[]? tail, Terminal terminal, CreateStore createStore, Interrupts interrupts)
    {
        UsageCheck.Refuse(root, parsed, head);
        var verb = (Verb)parsed.CommandResult.Command;
        var operands = verb.OperandsIn(parsed);
        var program = tail is not null && operands.Length == 0 && verb is EnqueueVerb ? tail : null;
        await using var run = new Invocation(parsed, program is null ? [.. operands, .. tail ?? []] : [], program, terminal, createStore, interrupts);
        return await verb.RunAsync(run);
    }

    public static RootCommand CreateRoot(Terminal terminal)
    {
        var root = new RootCommand("Background jobs that call dibs on what they touch.");
        foreach (var option in CommonOptions.All)
            root.Add(option);
        // The ready-made help option answers to '/h' and '/?' too, which are paths here.
        root.Options.Remove(root.Options.OfType<HelpOption>().Single());
        root.Add(new HelpOption("--help", "-h") { Description = "Show this help.", Recursive = true, Action = new HelpPage(terminal) });
        root.Options.OfType<VersionOption>().Single().Action = new VersionLine(terminal);
        foreach (var verb in CreateVerbs())
            root.Add(verb);
        return root;
    }

    private static IEnumerable<Verb> CreateVerbs() =>
    [
        new EnqueueVerb(), new WorkerVerb(), new JobVerb(), new JobsVerb(), new WhyVerb(), new CancelVerb(), new RequeueVerb(), new QueuesVerb(),
        new WorkersVerb(), new ResourcesVerb(), new InfoVerb(), new VerifyVerb(), new RepairVerb(), new BenchVerb(), new CompletionVerb(),
    ];
}
