using Dibs.Tests.Redis.Servers;

namespace Dibs.Tests.Redis;

/// <summary>A primary and a replica, watched by sentinels.</summary>
public sealed class AvailabilitySentinelTests : AvailabilityTests
{
    [Fact]
    public async Task A_replica_is_refused_at_start()
    {
        await using var servers = await SentinelScene.StartAsync();
        await using var scene = new WorkScene((await servers.ReplicaAsync()).Address);
        var error = await Assert.ThrowsAnyAsync<DibsException>(async () => await scene.Store.OpenAsync(Token));
        Assert.Equal("store-read-only", error.Code);
    }

    [Fact]
    public async Task A_primary_that_becomes_a_replica_is_written_to_no_more()
    {
        await using var primary = await RedisServer.StartAsync();
        await using var scene = new WorkScene(primary.Address);
        await scene.Store.OpenAsync(Token);
        await primary.AskAsync("REPLICAOF", "127.0.0.1", "1");
        var error = await Assert.ThrowsAsync<StoreException>(() => scene.Jobs.EnqueueManyAsync([WorkScene.Request("job", TimeSpan.Zero)], Token));
        Assert.Equal("store-read-only", error.Code);
    }

    protected override async Task<IPrimaries> StartAsync() => new Watched(await SentinelScene.StartAsync(password: "a password"));

    private sealed class Watched(SentinelScene scene) : IPrimaries
    {
        public string Address => scene.Address;

        public async Task<RedisServer> KillPrimaryAsync(string @namespace)
        {
            var primary = await scene.PrimaryAsync();
            await primary.KillAsync();
            return primary;
        }

        public async Task UntilReplicatedAsync(string @namespace) => await AvailabilityTests.UntilReplicatedAsync(await scene.PrimaryAsync());

        public ValueTask DisposeAsync() => scene.DisposeAsync();
    }
}
