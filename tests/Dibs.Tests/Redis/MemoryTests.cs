using Dibs.Redis;
using Dibs.Stores;
using Dibs.Tests.Redis.Servers;
using Dibs.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Dibs.Tests.Redis;

/// <summary>A server that is full: nothing is added, and all that is there can be ended.</summary>
public sealed class MemoryTests : IAsyncLifetime
{
    private const int Running = 40;
    private static readonly string LargeContent = $$"""{"args":["{{new string('x', 2_000)}}"]}""";

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private RedisServer _server = null!;
    private RedisJobStore _store = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await RedisServer.StartAsync(new() { MaxMemory = 8_000_000 });
        _store = RedisStores.Create(_server.Address, SharedRedis.NewNamespace(), _time);
        await _store.OpenAsync(Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_job_that_does_not_fit_is_refused_with_the_remedy_and_leaves_nothing()
    {
        var stored = await FillAsync();
        var error = await Assert.ThrowsAsync<StoreException>(() => EnqueueAsync("too-much").AsTask());
        Assert.Equal("store-full", error.Code);
        Assert.False(error.OutcomeUnknown);
        Assert.Contains("maxmemory", error.Message, StringComparison.Ordinal);
        Assert.Empty(await _store.GetAsync(["too-much"], JobParts.None, Token));
        Assert.Equal(stored, await _store.CountAsync(_ => true));
    }

    [Fact]
    public async Task Everything_that_runs_ends_on_a_full_server()
    {
        await EnqueueManyAsync(Running, "first");
        var worker = await TestWorker.RegisterAsync(_store, TestWorker.RegistrationOf("busy"));
        var dying = await TestWorker.RegisterAsync(_store, TestWorker.RegistrationOf("dying"));
        var claims = await worker.ClaimAsync(Running / 2);
        var orphans = await dying.ClaimAsync(Running / 2);
        await FillAsync();
        await AssertFullAsync();

        // Heartbeats, also of workers that come now; reports; cancels of what waits and what runs.
        await worker.BeatAsync(claims);
        await _store.ReportAsync([new JobReport { Key = claims[0].Key, FirstLine = 0, Lines = [new LogLine(_time.GetUtcNow(), "still here")] }], Token);
        var late = await TestWorker.RegisterAsync(_store, TestWorker.RegistrationOf("late"));
        await CancelAsync(claims[0].Key.JobId, JobState.Canceling);
        await CancelAsync("fill-1", JobState.Canceled);

        // Settling, with results, and claiming what is next.
        var settled = await worker.SettleAsync(SettleOutcome.Stopped, claims[0]);
        Assert.Empty(settled.Refused);
        var completed = await worker.ExchangeAsync(claims.Count, claims.Skip(1).Select(claim => TestWorker.Ended(claim, SettleOutcome.Completed) with { Result = "\"done\""u8.ToArray() }));
        Assert.Empty(completed.Refused);
        Assert.Equal(claims.Count, completed.Claims.Count);

        // Rescue of a worker that is gone; leaving.
        var rescue = await _store.RescueAsync(new ObservedBeat(dying.Incarnation, 0, dying.Registration.Lease), Token);
        Assert.False(rescue.Refused);
        Assert.Equal(orphans.Count, rescue.Ended.Count);
        await late.LeaveAsync();

        await worker.CompleteAsync(completed.Claims);
        await worker.RunAllAsync();
        Assert.Equal(0, await _store.CountAsync(state => !state.IsFinal()));
        Assert.Equal(Running, (await _store.GetAsync(SampleJobs.Ids(Running, "first-"), JobParts.None, Token)).Count(job => job.Record.State.IsFinal()));
        await AssertFullAsync();
    }

    [Fact]
    public async Task Pruning_makes_room_on_a_full_server()
    {
        await FillAsync();
        var worker = await TestWorker.RegisterAsync(_store, TestWorker.RegistrationOf("w"));
        await worker.RunAllAsync();
        await AssertFullAsync();
        _time.Advance(Retention.Minimum + TimeSpan.FromSeconds(1));
        while ((await _store.TendAsync(new Retention(Retention.Minimum, 0), Token)).More)
        {
        }

        Assert.Equal(0, await _store.CountAsync(_ => true));
        await _server.AskAsync("MEMORY", "PURGE");
        Assert.Equal(EnqueueOutcome.Stored, Assert.Single((await EnqueueAsync("fits")).Jobs).Outcome);
    }

    private ValueTask<EnqueueReply> EnqueueAsync(string id) => _store.EnqueueAsync([Large(id)], Token);

    private async Task EnqueueManyAsync(int count, string prefix) =>
        await _store.EnqueueAsync(SampleJobs.Many(count, Large, $"{prefix}-"), Token);

    /// <summary>Enqueues until the server refuses, and sees to it that it is over its limit then. Says how many jobs there are.</summary>
    private async Task<long> FillAsync()
    {
        var last = 0;
        try
        {
            while (true)
                await EnqueueAsync($"fill-{++last}");
        }
        catch (StoreException exception) when (exception.Code == "store-full")
        {
            await _server.AskAsync("CONFIG", "SET", "maxmemory", "4000000");
        }

        return await _store.CountAsync(_ => true);
    }

    private async Task AssertFullAsync() =>
        Assert.Equal("store-full", (await Assert.ThrowsAsync<StoreException>(async () => await EnqueueAsync("too-much"))).Code);

    private async Task CancelAsync(string id, JobState state)
    {
        var changed = Assert.Single((await _store.ChangeAsync(ChangeKind.Cancel, [id], Token)).Items);
        Assert.Equal((ChangeOutcome.Done, state), (changed.Outcome, changed.State));
    }

    private static NewJob Large(string id) => SampleJobs.Job(id, exclusive: [$"of-{id}"], content: LargeContent);
}
