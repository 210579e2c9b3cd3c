using Dibs.Tests.Cli;
using Dibs.Tests.Redis.Servers;
using Dibs.Tests.Support;

namespace Dibs.Tests.Services;

/// <summary>A worker as a service, by the values of the unit: while its store is away, and when it can never work.</summary>
public sealed class SupervisorTests : IDisposable
{
    /// <summary>Ten, and what a process needs to start on a busy machine.</summary>
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly CliProcess _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public Task A_worker_whose_store_is_away_is_started_again_until_it_works() => SeeThroughAsync(pace: 10, outage: TimeSpan.FromSeconds(3));

    [Fact, Trait("Duration", "long")]
    public Task A_worker_whose_store_is_away_for_a_minute_works_when_it_is_back() => SeeThroughAsync(pace: 1, outage: TimeSpan.FromSeconds(60));

    [Fact]
    public async Task A_worker_that_ends_when_its_store_is_lost_is_started_again_too()
    {
        await using var server = await RedisServer.StartAsync(new RedisSetup { AppendOnly = "always" });
        _cli.Variables["DIBS_STORE"] = server.Address;
        await using var supervisor = new Supervisor(_cli, "--allow-commands --on-store-loss exit", pace: 10);
        supervisor.Start();
        await _cli.UntilAsync(result => result.Lines.Length == 1, "workers", "--quiet");
        await server.KillAsync();
        await Deadline.UntilAsync(() => supervisor.Ends.Length >= 2, Patience, "it was started again");
        await server.StartAgainAsync();
        await WorksAsync();
        Assert.All(supervisor.Ends, end => Assert.Equal(69, end.Result.Exit));
    }

    [Theory]
    [InlineData("", 78, "DIBS_APP")]
    [InlineData("--app /nowhere/Shop.dll", 78, "/nowhere/Shop.dll")]
    [InlineData("--allow-commands --slots 0", 2, "--slots")]
    [InlineData("-w pulpcore.tasking.worker.PulpWorker", 2, "-w was RQ's worker class")]
    public async Task A_worker_that_can_never_work_says_so_in_one_line_and_is_not_started_again(string options, int exit, string says)
    {
        await using var supervisor = new Supervisor(_cli, options, pace: 100);
        supervisor.Start();
        await supervisor.UntilItGivesUpAsync();
        var (result, _) = Assert.Single(supervisor.Ends);
        Assert.Equal(exit, result.Exit);
        Assert.Contains(says, result.Error, StringComparison.Ordinal);
        Assert.Equal(1, result.Error.Count(letter => letter == '\n'));
    }

    private async Task SeeThroughAsync(int pace, TimeSpan outage)
    {
        await using var server = await RedisServer.StartAsync();
        _cli.Variables["DIBS_STORE"] = server.Address;
        await server.KillAsync();
        await using var supervisor = new Supervisor(_cli, "--allow-commands", pace);
        supervisor.Start();
        await Task.Delay(outage, TimeProvider.System, TestContext.Current.CancellationToken);
        await Deadline.UntilAsync(() => supervisor.Ends.Length >= 2, Patience, "it was started again");
        await server.StartAgainAsync();
        await WorksAsync();
        var failed = supervisor.Ends;
        Assert.All(failed, end =>
        {
            Assert.Equal(69, end.Result.Exit);
            Assert.Contains(server.EndPoint, end.Result.Error, StringComparison.Ordinal);
            Assert.Equal(1, end.Result.Error.Count(letter => letter == '\n'));
            Assert.True(end.Lived < LongestStart, $"{end.Lived}");
        });
        await supervisor.StopAsync();
        Assert.Equal(0, supervisor.Ends[failed.Length].Result.Exit);
    }

    private async Task WorksAsync()
    {
        var job = await _cli.RunAsync("enqueue", "--wait", "--", "true");
        Assert.True(job.Exit == 0, job.Error);
    }
}
