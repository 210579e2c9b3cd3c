using Dibs.Tests.Support;

namespace Dibs.Tests.Redis.Servers;

/// <summary>The servers that other tests rely on do what they say.</summary>
public sealed class ServersTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task A_server_keeps_its_data_over_a_kill_and_loses_it_when_it_is_replaced()
    {
        await using var server = await RedisServer.StartAsync(new() { AppendOnly = "always" });
        await server.AskAsync("SET", "key", "old");
        using var copy = server.CopyData();
        await server.AskAsync("SET", "key", "new");

        await server.KillAsync();
        await server.StartAgainAsync();
        Assert.Equal("new", await server.AskAsync("GET", "key"));

        await server.StopAsync();
        server.ReplaceData(copy);
        await server.StartAgainAsync();
        Assert.Equal("old", await server.AskAsync("GET", "key"));

        await server.StopAsync();
        server.ReplaceData(copy: null);
        await server.StartAgainAsync();
        Assert.Equal("0", await server.AskAsync("DBSIZE"));
    }

    [Fact]
    public async Task A_frozen_server_answers_again_when_it_is_thawed()
    {
        await using var server = await RedisServer.StartAsync();
        server.Freeze();
        var answer = server.AskAsync("PING");
        Assert.False(answer.IsCompleted);
        server.Thaw();
        Assert.Equal("PONG", await answer);
    }

    [Fact]
    public async Task A_server_takes_what_it_was_set_up_for()
    {
        using var certificates = new TestCertificates();
        await using var server = await RedisServer.StartAsync(new()
        {
            Tls = certificates,
            AsksClientCertificate = true,
            Users = ["viewer on >secret ~* +@read"],
            MaxMemory = 8_000_000,
            EvictionPolicy = "allkeys-lru",
            OnlyResp2 = true,
        });
        Assert.Equal("maxmemory-policy\nallkeys-lru", await server.AskAsync("CONFIG", "GET", "maxmemory-policy"));
        Assert.Equal("8000000", await server.InfoAsync("maxmemory"));
        Assert.Contains("viewer", await server.AskAsync("ACL", "USERS"), StringComparison.Ordinal);
        await Assert.ThrowsAsync<RedisRefusedException>(() => server.AskAsync("HELLO", "3"));
    }

    [Fact]
    public async Task Sentinels_replace_a_primary_that_was_killed()
    {
        await using var scene = await SentinelScene.StartAsync(password: "secret of the stores");
        var (primary, replica) = (await scene.PrimaryAsync(), await scene.ReplicaAsync());
        await primary.KillAsync();
        await Deadline.UntilAsync(scene.PrimaryAsync, now => now == replica, Patience, "the replica was promoted");
        await Deadline.UntilAsync(replica.RoleAsync, role => role == "master", Patience, "the replica says so itself");
    }

    [Fact]
    public async Task A_cluster_replaces_a_primary_that_was_killed()
    {
        await using var scene = await ClusterScene.StartAsync();
        var primary = await scene.PrimaryOfAsync("{dibs:default}:meta");
        Assert.Equal("OK", await primary.AskAsync("SET", "{dibs:default}:meta", "1"));
        await primary.KillAsync();
        var next = await Deadline.UntilAsync(() => scene.PrimaryOfAsync("{dibs:default}:meta"), now => now != primary, Patience, "the replica was promoted");
        await Deadline.UntilAsync(() => next.AskAsync("CLUSTER", "INFO"), info => info.Contains("cluster_state:ok", StringComparison.Ordinal), Patience, "it serves");
        Assert.Equal("1", await next.AskAsync("GET", "{dibs:default}:meta"));
    }
}
