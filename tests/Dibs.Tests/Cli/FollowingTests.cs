using Dibs.Cli.Following;
using Dibs.Cli.Frame;
using Dibs.Jobs;
using Dibs.Stores;

namespace Dibs.Tests.Cli;

public class FollowingTests
{
    private readonly CliHarness _cli = new();

    [Fact]
    public async Task A_job_that_waits_is_asked_about_once_a_second_and_the_answer_is_told_when_it_is_another()
    {
        var told = new List<string>();
        var wait = new WaitWatcher(_cli.Store, _cli.Time, why => told.Add(why.Summary));
        await _cli.EnqueueAsync("a");
        Assert.Null(await LookAsync(wait));
        _cli.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.StartsWith("No live worker", await LookAsync(wait), StringComparison.Ordinal);
        _cli.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.StartsWith("No live worker", await LookAsync(wait), StringComparison.Ordinal);
        Assert.Single(told);
        await _cli.ClaimAsync(0);
        _cli.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.StartsWith("It is about to be claimed", await LookAsync(wait), StringComparison.Ordinal);
        Assert.Equal(2, told.Count);
        _cli.Time.Advance(TimeSpan.FromSeconds(31));
        Assert.EndsWith("was last heard of 32 s ago.", await LookAsync(wait), StringComparison.Ordinal);
        _cli.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.EndsWith("was last heard of 33 s ago.", await LookAsync(wait), StringComparison.Ordinal);
        Assert.Equal(3, told.Count);
        await _cli.ClaimAsync(1);
        Assert.Null(await LookAsync(wait));
    }

    [Fact]
    public async Task On_a_terminal_the_reason_stands_under_the_state()
    {
        await _cli.EnqueueAsync("a");
        var job = await ReadAsync();
        var screen = new StringWriter();
        using var terminal = new Terminal { Out = screen, Error = screen, In = () => TextReader.Null, Time = _cli.Time, Variable = name => name == "NO_COLOR" ? "1" : null };
        await LiveJob.DrawAsync(terminal, screen, new[] { new Sighting(job, "", [], "No live worker serves the queue 'default'.") }.ToAsyncEnumerable());
        Assert.Matches("ready.*true *\n.*No live worker serves the queue 'default'\\.", screen.ToString());
    }

    private async Task<string?> LookAsync(WaitWatcher wait) => await wait.LookAsync(await ReadAsync(), CancellationToken.None);

    private async Task<JobRecord> ReadAsync() => (await _cli.Store.GetAsync(["a"], JobParts.Details, CancellationToken.None))[0].ToRecord();
}
