using Dibs.Tests.Redis.Servers;

namespace Dibs.Tests.Redis;

/// <summary>A primary and a replica, watched by sentinels.</summary>
public sealed class AvailabilitySentinelTests : AvailabilityTests
{
    /// <summary>
    /// A server that was a primary when it died begins as one again, with what it had then, until the sentinels tell it that it is a
    /// replica, which takes them 8 seconds. What it acknowledges meanwhile is thrown away.
    /// </summary>
    [Fact]
    public async Task A_dead_primary_that_comes_back_as_one_is_not_written_to()
    {
        await using var servers = await SentinelScene.StartAsync();
        await using var scene = new WorkScene(servers.Address);
        await scene.EnqueueAsync("before", TimeSpan.Zero);
        var dead = await servers.PrimaryAsync();
        await dead.KillAsync();
        await scene.EnqueueAsync("between", TimeSpan.Zero);
        await dead.StartAgainAsync();
        Assert.Equal("master", await dead.RoleAsync());

        for (var n = 1; await dead.RoleAsync() == "master"; n++)
        {
            await scene.EnqueueAsync($"job-{n}", TimeSpan.Zero);
            var isThere = await HasAsync(dead, $"{{dibs:{scene.Store.Namespace}}}:j:job-{n}");
            // What it has as a replica came from the new primary.
            Assert.False(isThere && await dead.RoleAsync() == "master", $"job-{n} was written to the dead primary.");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Token);
        }
    }

    /// <summary>False too when it does not say: a server that becomes a replica closes all connections.</summary>
    private static async Task<bool> HasAsync(RedisServer server, string key)
    {
        try
        {
            return await server.AskAsync("EXISTS", key) == "1";
        }
        catch (IOException)
        {
            return false;
        }
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
