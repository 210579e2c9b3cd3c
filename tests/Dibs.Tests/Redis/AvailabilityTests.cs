using System.Diagnostics;
using Dibs.Stores;
using Dibs.Tests.Redis.Servers;
using Dibs.Tests.Support;

namespace Dibs.Tests.Redis;

/// <summary>
/// The primary is killed under load. The same processes go on with another one, and nothing counts that an older attempt says. Redis replicates
/// after it has answered: of each connection the last step may be lost, which is rare and allowed for.
/// </summary>
public abstract class AvailabilityTests
{
    private const int Resources = 6;
    private const int Feeders = 3;
    private const int Slots = 8;
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
        var feeders = Enumerable.Range(1, Feeders).Select(n => FeedAsync(scene, $"feeder-{n}", enough.Token)).ToArray();
        await Deadline.UntilAsync(() => scene.Ledger.Runs.Count > 30, Patience, "the work is under way");

        var killed = await servers.KillPrimaryAsync(scene.Store.Namespace);
        var killedAt = Stopwatch.GetTimestamp();
        await scene.EnqueueAsync("after", Length);
        var after = await scene.UntilFinalAsync("after", ResumedWithin);
        var took = Stopwatch.GetElapsedTime(killedAt);
        TestContext.Current.TestOutputHelper?.WriteLine($"Resumed after {took.TotalSeconds:0.0} s.");
        Assert.Equal(JobState.Completed, after.State);
        Assert.True(took < ResumedWithin, $"It took {took}.");

        // The dead one comes back, as a replica of its successor, and harms nobody.
        await killed.StartAgainAsync();
        await Deadline.UntilAsync(killed.RoleAsync, role => role == "slave", Patience, "the old primary follows the new one");
        await scene.EnqueueAsync("later", Length);
        await scene.UntilFinalAsync("later", ResumedWithin);
        await enough.CancelAsync();
        var acknowledged = (await Task.WhenAll(feeders)).SelectMany(jobs => jobs).ToArray();
        await AssertAllEndedOnceAsync(scene, acknowledged, killedAt);
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
        var reply = await StoreQuestions.WhenThereAsync(async () => await frozen.CompleteAsync(claim), ResumedWithin);

        Assert.Equal([claim.Key], reply.Refused);
        Assert.Equal((JobState.Failed, JobReasons.WorkerLost), (lost.State, lost.Reason));
        // What is claimed from now on has a larger fence.
        await scene.EnqueueAsync("next", Length);
        var next = await StoreQuestions.WhenThereAsync(() => ClaimAsNewAsync(scene.Store), ResumedWithin);
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

    private static async ValueTask<Claim> ClaimAsNewAsync(IJobStore store) =>
        await (await TestWorker.RegisterAsync(store, TestWorker.RegistrationOf($"new-{Guid.NewGuid():N}"))).ClaimAsync();

    private static async Task<List<(string Id, long At)>> FeedAsync(WorkScene scene, string name, CancellationToken enough)
    {
        var acknowledged = new List<(string, long)>();
        while (!enough.IsCancellationRequested)
        {
            var id = $"{name}-{acknowledged.Count + 1}";
            await scene.EnqueueAsync(id, Length, $"resource-{acknowledged.Count % Resources}");
            acknowledged.Add((id, Stopwatch.GetTimestamp()));
            await Task.Delay(Length, TimeProvider.System, Token);
        }
        return acknowledged;
    }

    private static async Task AssertAllEndedOnceAsync(WorkScene scene, (string Id, long At)[] acknowledged, long killedAt)
    {
        var (lost, again) = (0, 0);
        foreach (var (id, at) in acknowledged)
        {
            if (at < killedAt && await scene.FindAsync(id) is null)
            {
                lost++;
                continue;
            }
            var job = await scene.UntilFinalAsync(id, Patience);
            var runs = scene.Ledger.Runs.Where(run => run.JobId == id).ToArray();
            if (runs.Length > 1)
            {
                again++;
                Assert.All(runs[..^1], run => Assert.True(run.Began < killedAt, $"{run} was followed by another, and began after the failover."));
            }
            if (job.State == JobState.Completed)
                Assert.Equal(runs[^1].Fence, job.Fence);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"Of {acknowledged.Length} jobs {lost} were lost, and {again} claims.");
        Assert.InRange(lost, 0, Feeders);
        Assert.InRange(again, 0, Slots);
        scene.Ledger.AssertExclusion();
    }
}
