using Dibs.Stores;

namespace Dibs.Tests.Cli;

public class ChangeVerbTests
{
    private readonly CliHarness _cli = new();

    [Fact]
    public async Task A_waiting_job_is_canceled_at_once_and_a_final_one_stays()
    {
        await _cli.EnqueueAsync("a");
        Assert.Equal("{\"items\":[{\"id\":\"a\",\"state\":\"canceled\"}]}\n", (await _cli.RunAsync("cancel", "a", "--json")).Out);
        var again = await _cli.RunAsync("cancel", "a", "--json");
        Assert.Equal(4, again.Exit);
        Assert.Equal("not-possible", again.Json.GetProperty("error").GetProperty("code").GetString());
        Assert.Contains("job 'a' is canceled and stays so", again.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cancel", "nobody")]
    [InlineData("cancel", "nobody", "--dry-run")]
    [InlineData("requeue", "nobody")]
    public async Task A_job_that_does_not_exist_is_unknown(params string[] words)
    {
        var result = await _cli.RunAsync([.. words, "--json"]);
        Assert.Equal((4, "unknown-job"), (result.Exit, result.Json.GetProperty("error").GetProperty("code").GetString()));
    }

    [Fact]
    public async Task A_running_job_is_canceling()
    {
        await _cli.EnqueueAsync("a");
        await _cli.ClaimAsync(1);
        Assert.Equal("a  canceling\n", (await _cli.RunAsync("cancel", "a")).Out);
    }

    [Fact]
    public async Task Filters_choose_only_what_can_be_changed()
    {
        await _cli.EnqueueAsync("a");
        await _cli.EnqueueAsync("b", queue: "other");
        await _cli.RunAsync("cancel", "a");
        Assert.Equal("a~2\n", (await _cli.RunAsync("requeue", "--queue", "default", "--quiet")).Out);
        Assert.Equal("b\n", (await _cli.RunAsync("cancel", "--queue", "other", "--quiet")).Out);
    }

    [Fact]
    public async Task A_requeue_makes_a_new_job_once()
    {
        await _cli.EnqueueAsync("a");
        Assert.Equal(4, (await _cli.RunAsync("requeue", "a")).Exit);
        await _cli.RunAsync("cancel", "a");
        Assert.Equal("a~2\n", (await _cli.RunAsync("requeue", "a", "--quiet")).Out);
        Assert.Equal("a~2\n", (await _cli.RunAsync("requeue", "a", "--quiet")).Out);
        Assert.Equal("a", (await _cli.RunAsync("job", "a~2", "--json")).Json.GetProperty("requeueOf").GetString());
    }

    [Fact]
    public async Task A_dry_run_changes_nothing()
    {
        await _cli.EnqueueAsync("a");
        Assert.Equal("a  ready\n", (await _cli.RunAsync("cancel", "a", "--dry-run")).Out);
        Assert.Equal(JobState.Ready, (await _cli.Jobs.FindAsync("a", TestContext.Current.CancellationToken))!.State);
    }

    [Fact]
    public async Task Of_several_one_that_cannot_be_changed_makes_exit_4_and_the_others_are_changed()
    {
        await _cli.EnqueueAsync("a");
        var result = await _cli.RunAsync("cancel", "nobody", "a");
        Assert.Equal((4, "a  canceled\n"), (result.Exit, result.Out));
    }

    [Fact]
    public async Task More_than_100_need_a_yes()
    {
        await _cli.Jobs.EnqueueManyAsync(Enumerable.Range(0, 101).Select(i => JobRequest.Command(["true"], options: new JobOptions { Id = $"j{i}" })), TestContext.Current.CancellationToken);
        Assert.Equal(2, (await _cli.RunAsync("cancel", "--queue", "default")).Exit);
        Assert.Equal(101, (await _cli.RunAsync("cancel", "--queue", "default", "--dry-run")).Lines.Length);
        _cli.Terminal = 80;
        _cli.Typed = "n\n";
        Assert.Contains("cancel 101 jobs? [y/N]", (await _cli.RunAsync("cancel", "--queue", "default")).Error, StringComparison.Ordinal);
        Assert.Equal(101, (await _cli.Store.ListAsync(new JobQuery { States = [JobState.Ready], Limit = 1000 }, CancellationToken.None)).Jobs.Count);
        _cli.Typed = "y\n";
        Assert.Equal(0, (await _cli.RunAsync("cancel", "--queue", "default")).Exit);
        Assert.Equal(101, (await _cli.Store.ListAsync(new JobQuery { States = [JobState.Canceled], Limit = 1000 }, CancellationToken.None)).Jobs.Count);
    }
}
