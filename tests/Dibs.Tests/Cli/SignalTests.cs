using System.Globalization;
using System.Text;
using Dibs.Cli.Frame;
using Dibs.Stores;
using Dibs.Tests.Clients;

namespace Dibs.Tests.Cli;

public sealed class SignalTests
{
    /// <summary>All but one that stores what it was asked to whatever comes, one without a store, and one with a store of its own.</summary>
    public static TheoryData<string> Readers => [.. EveryVerb.Calls.Where(call => !call.StartsWith("enqueue", StringComparison.Ordinal) && !call.StartsWith("completion", StringComparison.Ordinal) && call != EveryVerb.Slow)];

    [Fact]
    public void Every_verb_is_tried()
    {
        using var terminal = new Terminal { Out = TextWriter.Null, Error = TextWriter.Null, In = () => TextReader.Null };
        Assert.Equal(DibsCommandLine.CreateRoot(terminal).Subcommands.Select(verb => verb.Name).Order(), EveryVerb.Calls.Select(call => call.Split(' ')[0]).Order());
    }

    [Theory]
    [MemberData(nameof(Readers))]
    public async Task A_signal_ends_a_verb_whose_store_does_not_answer(string call)
    {
        foreach (var (signal, exit) in new[] { (Interrupts.Interrupt, 130), (Interrupts.Terminate, 143) })
        {
            var cli = new CliHarness();
            var asked = new TaskCompletionSource();
            cli.Wrap = store => new SilentStore(store, asked);
            var running = cli.RunAsync(call.Split(' '));
            await asked.Task.WaitAsync(TestContext.Current.CancellationToken);
            cli.Interrupts.Raise(signal);
            var result = await running;
            Assert.Equal((exit, "", ""), (result.Exit, result.Out, result.Error));
        }
    }

    [Fact, Trait("Duration", "long")]
    public async Task Signals_at_any_moment_of_every_verb_leave_the_store_clean()
    {
        const int Seed = 20261123;
        const int Rounds = 3;
        var random = new Random(Seed);
        using var cli = new CliProcess();
        await cli.RunAsync("enqueue", "--id", "one", "--exclusive", "r", "--", "true");
        foreach (var call in EveryVerb.Calls.Where(call => call != EveryVerb.Slow))
        {
            // With job control each command has a process group of its own, so that SIGINT is not ignored and SIGTSTP stops.
            var script = new StringBuilder("set -m\n");
            foreach (var signal in Enumerable.Repeat(new[] { "INT", "TERM", "TSTP" }, Rounds).SelectMany(signals => signals))
            {
                var after = (random.NextDouble() * 0.5).ToString("0.000", CultureInfo.InvariantCulture);
                script.AppendLine(CultureInfo.InvariantCulture, $"dibs {call} >/dev/null & pid=$!; sleep {after}; kill -{signal} $pid 2>/dev/null; sleep 0.05; kill -CONT $pid 2>/dev/null");
                // 148: it was stopped.
                script.AppendLine(CultureInfo.InvariantCulture, $"wait $pid; exit=$?; while [ $exit = 148 ]; do wait $pid; exit=$?; done; echo \"$exit {call}: {signal} after {after} (seed {Seed})\"");
            }
            var result = await cli.ShellAsync(script.ToString());
            Assert.DoesNotContain("xception", result.Error, StringComparison.Ordinal);
            // 4: one that was canceled or made again before.
            Assert.All(result.Lines, line => Assert.True(line.Split(' ')[0] is "0" or "4" or "130" or "143", line));
        }
        var verify = await cli.RunAsync("verify");
        Assert.True(verify.Exit == 0, verify.Out);
    }

    /// <summary>A store that never opens.</summary>
    private sealed class SilentStore(IJobStore inner, TaskCompletionSource asked) : StoreWrapper(inner)
    {
        public override async ValueTask<StoreDescription> OpenAsync(CancellationToken cancellationToken)
        {
            asked.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            return await base.OpenAsync(cancellationToken);
        }
    }
}
