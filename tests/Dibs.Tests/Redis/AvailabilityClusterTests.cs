using Dibs.Tests.Redis.Servers;

namespace Dibs.Tests.Redis;

/// <summary>A cluster, in which a namespace is in one slot.</summary>
public sealed class AvailabilityClusterTests : AvailabilityTests
{
    [Fact]
    public async Task Namespaces_are_spread_over_the_primaries()
    {
        await using var servers = await ClusterScene.StartAsync();
        var primaries = new HashSet<RedisServer>();
        for (var n = 0; primaries.Count < 3; n++)
        {
            await using var scene = new WorkScene(servers.Address, $"tenant-{n}");
            await scene.Store.OpenAsync(Token);
            await scene.EnqueueAsync("job", TimeSpan.Zero);
            var primary = await servers.PrimaryOfAsync(KeyOf(scene.Store.Namespace));
            Assert.NotEqual("0", await primary.AskAsync("EXISTS", KeyOf(scene.Store.Namespace)));
            primaries.Add(primary);
            Assert.True(n < 20, "20 namespaces are on fewer than 3 primaries.");
        }
    }

    protected override async Task<IPrimaries> StartAsync() => new Cluster(await ClusterScene.StartAsync());

    private static string KeyOf(string @namespace) => $"{{dibs:{@namespace}}}:meta";

    private sealed class Cluster(ClusterScene scene) : IPrimaries
    {
        public string Address => scene.Address;

        public async Task<RedisServer> KillPrimaryAsync(string @namespace)
        {
            var primary = await scene.PrimaryOfAsync(KeyOf(@namespace));
            await primary.KillAsync();
            return primary;
        }

        public async Task UntilReplicatedAsync(string @namespace) => await AvailabilityTests.UntilReplicatedAsync(await scene.PrimaryOfAsync(KeyOf(@namespace)));

        public ValueTask DisposeAsync() => scene.DisposeAsync();
    }
}
