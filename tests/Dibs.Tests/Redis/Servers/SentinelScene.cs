using Dibs.Tests.Support;

namespace Dibs.Tests.Redis.Servers;

/// <summary>A primary, a replica, and three sentinels that agree by two on a failover one second after the primary stopped answering.</summary>
public sealed class SentinelScene : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly RedisServer[] _stores;

    private SentinelScene(RedisServer[] stores, RedisServer[] sentinels) => (_stores, Sentinels) = (stores, sentinels);

    public IReadOnlyList<RedisServer> Sentinels { get; }

    /// <summary>The store address of Dibs.</summary>
    public string Address { get; private init; } = "";

    /// <summary>Starts them all and waits until they know each other.</summary>
    /// <param name="password">The password of the stores; the sentinels take everyone.</param>
    public static async Task<SentinelScene> StartAsync(string? password = null)
    {
        var primary = await RedisServer.StartAsync(new() { Password = password, AppendOnly = "everysec" });
        var replica = await RedisServer.StartAsync(new() { Password = password, AppendOnly = "everysec", ReplicaOf = primary });
        await Deadline.UntilAsync(() => replica.InfoAsync("master_link_status"), status => status == "up", Patience, "the replica follows");
        var sentinels = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => RedisServer.StartAsync(new() { Watches = primary, Password = password })));
        var credentials = password is null ? "" : $":{Uri.EscapeDataString(password)}@";
        var scene = new SentinelScene([primary, replica], sentinels)
        {
            Address = $"redis+sentinel://{credentials}{string.Join(',', sentinels.Select(sentinel => sentinel.EndPoint))}/{RedisSetup.Service}",
        };
        foreach (var sentinel in sentinels)
        {
            await Deadline.UntilAsync(
                () => sentinel.InfoAsync("master0"), text => text.EndsWith("slaves=1,sentinels=3", StringComparison.Ordinal), Patience, "the sentinels know each other");
        }

        return scene;
    }

    /// <summary>The server that the sentinels say is the primary.</summary>
    public async Task<RedisServer> PrimaryAsync()
    {
        var address = await Sentinels[0].AskAsync("SENTINEL", "GET-MASTER-ADDR-BY-NAME", RedisSetup.Service);
        return _stores.Single(store => address == $"127.0.0.1\n{store.Port}");
    }

    public async Task<RedisServer> ReplicaAsync()
    {
        var primary = await PrimaryAsync();
        return _stores.Single(store => store != primary);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in Sentinels.Concat(_stores))
            await server.DisposeAsync();
    }
}
