using System.Diagnostics;
using Dibs.Tests.Redis.Servers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Dibs.Tests.Redis;

/// <summary>The server is away for some time and comes back with all its data.</summary>
public sealed class OutageTests : IAsyncLifetime
{
    /// <summary>Until a worker has noticed that the server is back, and looked for work.</summary>
    private static readonly TimeSpan BackWithin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    /// <summary>The shortest there is.</summary>
    private static readonly TimeSpan ShortLease = TimeSpan.FromSeconds(3);

    private RedisServer _server = null!;
    private WorkScene _scene = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await RedisServer.StartAsync(new() { AppendOnly = "everysec" });
        _scene = new WorkScene(_server.Address);
    }

    public async ValueTask DisposeAsync()
    {
        await _scene.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData(3, false)]
    [InlineData(8, true)]
    public Task An_idle_worker_waits_and_goes_on(int seconds, bool isFrozen) => AssertIdleAsync(TimeSpan.FromSeconds(seconds), isFrozen);

    [Fact]
    [Trait("Duration", "long")]
    public Task An_idle_worker_waits_long_and_goes_on() => AssertIdleAsync(TimeSpan.FromSeconds(20), isFrozen: false);

    [Fact]
    public async Task A_short_freeze_is_only_a_delay()
    {
        await _scene.WorkAsync();
        await AssertWorksAsync("before");
        await AwayAsync(TimeSpan.FromSeconds(2), isFrozen: true);
        await AssertWorksAsync("after");
        Assert.DoesNotContain(_scene.Log, line => line.Contains("has lost its store", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_freeze_of_less_than_two_thirds_of_the_lease_harms_no_job()
    {
        await _scene.WorkAsync(configure: worker => worker.Lease = ShortLease);
        await BeginAsync("job", TimeSpan.FromSeconds(3));
        await AwayAsync(ShortLease / 3, isFrozen: true);
        await AssertCompletedAtOnceAsync("job");
        Assert.False(Assert.Single(_scene.Ledger.Runs).WasStopped);
        Assert.DoesNotContain(_scene.Log, line => line.Contains("its lease of", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_freeze_for_longer_than_the_lease_of_two_workers_ends_what_they_ran_and_nothing_overlaps_or_hangs()
    {
        const int Jobs = 4;
        const string Resource = "shared by all";
        await _scene.WorkAsync("one", worker => (worker.Lease, worker.Slots) = (ShortLease, 2));
        await _scene.WorkAsync("two", worker => (worker.Lease, worker.Slots) = (ShortLease, 2));
        for (var n = 1; n <= Jobs; n++)
            await BeginAsync($"long-{n}", TimeSpan.FromMinutes(5));
        await _scene.EnqueueAsync("cut", TimeSpan.FromMinutes(5), Resource);
        await _scene.EnqueueAsync("next", TimeSpan.Zero, Resource);

        await AwayAsync(ShortLease + TimeSpan.FromSeconds(2), isFrozen: true);
        foreach (var id in Enumerable.Range(1, Jobs).Select(n => $"long-{n}"))
        {
            var job = await _scene.UntilFinalAsync(id, BackWithin);
            Assert.Equal((JobState.Failed, 1), (job.State, job.Attempt));
            Assert.Contains(job.Reason, new[] { JobReasons.Interrupted, JobReasons.WorkerLost });
        }
        await _scene.UntilBegunAsync("cut", BackWithin);
        await _scene.Jobs.CancelAsync("cut", Token);
        Assert.Equal(JobState.Completed, (await _scene.UntilFinalAsync("next", BackWithin)).State);

        Assert.Equal(Jobs + 2, _scene.Ledger.Runs.Count);
        _scene.Ledger.AssertExclusion();
        Assert.All(_scene.Ledger.Runs.Take(Jobs), run => Assert.True(run.WasStopped));
        await _scene.AssertCleanAsync();
    }

    [Fact]
    public async Task What_runs_goes_on_meanwhile_and_its_outcome_is_kept()
    {
        await _scene.WorkAsync();
        await BeginAsync("short", TimeSpan.FromSeconds(1.5));
        await BeginAsync("long", TimeSpan.FromSeconds(5));
        await AwayAsync(TimeSpan.FromSeconds(3), isFrozen: false);
        await AssertCompletedAtOnceAsync("short");
        await AssertCompletedAtOnceAsync("long");
        await AssertOneLineEachAsync();
    }

    [Fact]
    [Trait("Duration", "long")]
    public async Task What_runs_goes_on_through_twenty_seconds()
    {
        await _scene.WorkAsync();
        await BeginAsync("job", TimeSpan.FromSeconds(10));
        await AwayAsync(TimeSpan.FromSeconds(20), isFrozen: false);
        await AssertCompletedAtOnceAsync("job");
        await AssertOneLineEachAsync();
    }

    [Fact]
    public async Task What_runs_longer_than_the_lease_allows_is_stopped_and_settled_as_interrupted()
    {
        await _scene.WorkAsync(configure: worker => worker.Lease = ShortLease);
        await BeginAsync("job", TimeSpan.FromMinutes(5));
        await AwayAsync(ShortLease + TimeSpan.FromSeconds(2), isFrozen: false);

        var job = await _scene.UntilFinalAsync("job", BackWithin);

        Assert.Equal((JobState.Failed, JobReasons.Interrupted), (job.State, job.Reason));
        var run = Assert.Single(_scene.Ledger.Runs);
        Assert.True(run.WasStopped);
        Assert.True(Stopwatch.GetElapsedTime(run.Began, run.Ended!.Value) < ShortLease + TimeSpan.FromSeconds(2), "It was asked to stop before its lease lapsed.");
        await AssertWorksAsync("next");
        await AssertOneLineEachAsync();
    }

    [Fact]
    public async Task With_exit_the_worker_ends_at_once()
    {
        var host = await _scene.WorkAsync(configure: worker => worker.OnStoreLoss = OnStoreLoss.Exit);
        await BeginAsync("job", TimeSpan.FromMinutes(5));
        await _server.KillAsync();
        await host.WaitForShutdownAsync(Token).WaitAsync(BackWithin, TimeProvider.System, Token);
        var worker = host.Services.GetServices<IHostedService>().OfType<Dibs.Workers.WorkerService>().Single();
        Assert.IsType<StoreException>(worker.Failure);
        await _server.StartAgainAsync();
    }

    private async Task AssertIdleAsync(TimeSpan length, bool isFrozen)
    {
        await _scene.WorkAsync();
        await AssertWorksAsync("before");
        await AwayAsync(length, isFrozen);
        await AssertWorksAsync("after");
        await AssertOneLineEachAsync();
    }

    private async Task AwayAsync(TimeSpan length, bool isFrozen)
    {
        if (isFrozen)
            _server.Freeze();
        else
            await _server.StopAsync();
        await Task.Delay(length, TimeProvider.System, Token);
        if (isFrozen)
            _server.Thaw();
        else
            await _server.StartAgainAsync();
    }

    private async Task BeginAsync(string id, TimeSpan length)
    {
        await _scene.EnqueueAsync(id, length);
        await _scene.UntilBegunAsync(id, Patience);
    }

    private async Task AssertWorksAsync(string id)
    {
        await _scene.EnqueueAsync(id, TimeSpan.Zero);
        Assert.Equal(JobState.Completed, (await _scene.UntilFinalAsync(id, BackWithin)).State);
    }

    private async Task AssertCompletedAtOnceAsync(string id)
    {
        var job = await _scene.UntilFinalAsync(id, BackWithin);
        Assert.Equal((JobState.Completed, 1), (job.State, job.Attempt));
        Assert.Equal(Assert.Single(_scene.Ledger.Runs, run => run.JobId == id).Fence, job.Fence);
    }

    /// <summary>The operator is told once that the store is lost, and once that it is back.</summary>
    private async Task AssertOneLineEachAsync()
    {
        await _scene.UntilLoggedAsync("has its store back", BackWithin);
        Assert.Single(_scene.Log, line => line.Contains("has lost its store", StringComparison.Ordinal));
        Assert.Single(_scene.Log, line => line.Contains("has its store back", StringComparison.Ordinal));
        await _scene.AssertCleanAsync();
    }
}
