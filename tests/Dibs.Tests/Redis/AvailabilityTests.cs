using System.Diagnostics;
using Dibs.Stores;
using Dibs.Tests.Redis.Servers;
using Dibs.Tests.Support;

namespace Dibs.Tests.Redis;

/// <summary>The primary is killed under load. The same processes go on with another one, and nothing counts that an older attempt says.</summary>
public abstract class AvailabilityTests
{
    private const int Resources = 6;
    private static readonly TimeSpan ResumedWithin = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan Length = TimeSpan.FromMilliseconds(20);

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Work_resumes_on_the_next_primary_without_a_restart()
    {
        await using var servers = await StartAsync();
        await using var scene = new WorkScene(servers.Address);
        await scene.WorkAsync("one", worker => worker.Lease = Lease);
        await scene.WorkAsync("two", worker => worker.Lease = Lease);
        using var enough = new CancellationTokenSource();
        var feeders = Enumerable.Range(1, 3).Select(n => FeedAsync(scene, $"feeder-{n}", enough.Token)).ToArray();
        await Deadline.UntilAsync(() => scene.Ledger.Runs.Count > 30, Patience, "the work is under way");

        var killed = await servers.KillPrimaryAsync(scene.Store.Namespace);
        var clock = Stopwatch.StartNew();
        await scene.EnqueueAsync("after", Length);
        var after = await scene.UntilFinalAsync("after", ResumedWithin);
        TestContext.Current.TestOutputHelper?.WriteLine($"Resumed after {clock.Elapsed.TotalSeconds:0.0} s.");
        Assert.Equal(JobState.Completed, after.State);
        Assert.True(clock.Elapsed < ResumedWithin, $"It took {clock.Elapsed}.");

        // The dead one comes back, as a replica of its successor, and harms nobody.
        await killed.StartAgainAsync();
        await Deadline.UntilAsync(() => killed.InfoAsync("role"), role => role == "slave", Patience, "the old primary follows the new one");
        await scene.EnqueueAsync("later", Length);
        await scene.UntilFinalAsync("later", ResumedWithin);
        await enough.CancelAsync();
        var acknowledged = (await Task.WhenAll(feeders)).SelectMany(ids => ids).ToArray();
        await AssertAllEndedOnceAsync(scene, acknowledged);
        await scene.AssertCleanAsync();
    }

    [Fact]
    public async Task An_attempt_that_was_ended_before_the_failover_is_refused_after_it()
    {
        await using var servers = await StartAsync();
        await using var scene = new WorkScene(servers.Address);
        await scene.Store.OpenAsync(Token);
        await scene.EnqueueAsync("job", Length);
        var frozen = await TestWorker.RegisterAsync(scene.Store, TestWorker.RegistrationOf("frozen"));
        var claim = await frozen.ClaimAsync();
        var rescue = await scene.Store.RescueAsync(new ObservedBeat(frozen.Incarnation, 0, TimeSpan.FromSeconds(30)), Token);
        Assert.False(rescue.Refused);
        await servers.UntilReplicatedAsync(scene.Store.Namespace);

        await servers.KillPrimaryAsync(scene.Store.Namespace);
        var lost = await scene.UntilFinalAsync("job", ResumedWithin);
        var reply = await WhenBackAsync(() => frozen.CompleteAsync(claim));

        Assert.Equal([claim.Key], reply.Refused);
        Assert.Equal((JobState.Failed, JobReasons.WorkerLost), (lost.State, lost.Reason));
        // What is claimed from now on has a larger fence.
        await scene.EnqueueAsync("next", Length);
        var next = await WhenBackAsync(() => ClaimAsNewAsync(scene.Store));
        Assert.True(next.Key.Fence > claim.Key.Fence, $"{next.Key} is not after {claim.Key}.");
    }

    protected abstract Task<IPrimaries> StartAsync();

    /// <summary>Some servers, one of which may be killed.</summary>
    protected interface IPrimaries : IAsyncDisposable
    {
        string Address { get; }

        /// <summary>Kills the one that serves the namespace.</summary>
        Task<RedisServer> KillPrimaryAsync(string @namespace);

        /// <summary>Waits until the replica has all that the primary acknowledged.</summary>
        Task UntilReplicatedAsync(string @namespace);
    }

    protected static async Task UntilReplicatedAsync(RedisServer primary)
    {
        var written = await primary.InfoAsync("master_repl_offset");
        await Deadline.UntilAsync(() => primary.InfoAsync("slave0"), replica => OffsetOf(replica) >= Number(written), Patience, $"the replica is at {written}");
    }

    private static long OffsetOf(string replica) =>
        Number(replica.Split(',').Single(field => field.StartsWith("offset=", StringComparison.Ordinal))["offset=".Length..]);

    private static long Number(string digits) => long.Parse(digits, System.Globalization.CultureInfo.InvariantCulture);

    private static async Task<Claim> ClaimAsNewAsync(IJobStore store) =>
        await (await TestWorker.RegisterAsync(store, TestWorker.RegistrationOf($"new-{Guid.NewGuid():N}"))).ClaimAsync();

    private static async Task<T> WhenBackAsync<T>(Func<Task<T>> step)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return await step();
            }
            catch (StoreException) when (clock.Elapsed < ResumedWithin)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Token);
            }
        }
    }

    private static async Task<List<string>> FeedAsync(WorkScene scene, string name, CancellationToken enough)
    {
        var acknowledged = new List<string>();
        while (!enough.IsCancellationRequested)
        {
            var id = $"{name}-{acknowledged.Count + 1}";
            await scene.EnqueueAsync(id, Length, $"resource-{acknowledged.Count % Resources}");
            acknowledged.Add(id);
            await Task.Delay(Length, TimeProvider.System, Token);
        }
        return acknowledged;
    }

    private static async Task AssertAllEndedOnceAsync(WorkScene scene, string[] ids)
    {
        foreach (var id in ids)
        {
            var job = await scene.UntilFinalAsync(id, Patience);
            var runs = scene.Ledger.Runs.Where(run => run.JobId == id).ToArray();
            Assert.True(runs.Length <= 1, $"'{id}' ran {runs.Length} times: {string.Join(", ", runs.AsEnumerable())}");
            if (job.State == JobState.Completed)
                Assert.Equal(Assert.Single(runs).Fence, job.Fence);
        }

        scene.Ledger.AssertExclusion();
        TestContext.Current.TestOutputHelper?.WriteLine($"{ids.Length} jobs, {scene.Ledger.Runs.Count(run => run.WasStopped)} of them stopped.");
    }
}
