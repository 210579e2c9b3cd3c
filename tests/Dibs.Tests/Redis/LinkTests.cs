using Dibs.Redis.Connections;
using Dibs.Tests.Redis.Servers;
using Dibs.Tests.Support;
using StackExchange.Redis;

namespace Dibs.Tests.Redis;

/// <summary>What a link does once it is open: it runs scripts, hears hints, and says what went wrong with a call.</summary>
public class LinkTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_is_known_after_opening()
    {
        await using var server = await RedisServer.StartAsync();
        await using var link = LinkScene.Link(server.Address);
        var facts = await link.OpenAsync(Token);
        Assert.Equal(("Redis", "master", false, false), (facts.Flavour, facts.Role, facts.IsCluster, facts.IsReadOnlyUser));
        Assert.Equal(RedisBinary.Installed.Version.Major, facts.Version.Major);
        Assert.Equal(("noeviction", 0L, false, false), (facts.EvictionPolicy, facts.MaxMemory, facts.AppendOnly, facts.Snapshots));
        Assert.True(facts.ClockOffset!.Value.Duration() < TimeSpan.FromSeconds(1), $"The clock is {facts.ClockOffset} off.");
        Assert.Same(facts, await link.OpenAsync(Token));
        Assert.Equal("0", await server.AskAsync("DBSIZE"));
        var clients = await server.AskAsync("CLIENT", "LIST");
        Assert.Contains(" name=dibs ", clients, StringComparison.Ordinal);
        Assert.Contains(" name=dibs-heartbeat ", clients, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_forgets_its_scripts_is_told_them_again()
    {
        await using var server = await RedisServer.StartAsync();
        await using var link = await LinkScene.OpenAsync(server.Address);
        Assert.Equal(0, await link.RunAsync());
        await server.AskAsync("SCRIPT", "FLUSH");
        Assert.Equal(1, await link.RunAsync());
    }

    [Fact]
    public async Task A_server_that_speaks_only_RESP2_is_used()
    {
        await using var server = await RedisServer.StartAsync(new() { OnlyResp2 = true });
        await using var link = await LinkScene.OpenAsync(server.Address);
        Assert.Equal(0, await link.RunAsync());
        await HintIsHeardAsync(link, "PUBLISH", server);
    }

    [Fact]
    public async Task A_hint_is_heard_until_nobody_listens_and_also_after_the_connection_was_cut()
    {
        await using var server = await RedisServer.StartAsync();
        await using var link = await LinkScene.OpenAsync(server.Address);
        await HintIsHeardAsync(link, "PUBLISH", server);
        using var restored = new SemaphoreSlim(0);
        link.Restored += () => restored.Release();
        await server.AskAsync("CLIENT", "KILL", "TYPE", "pubsub");
        await server.AskAsync("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
        Assert.True(await restored.WaitAsync(Soon, Token));
        await HintIsHeardAsync(link, "PUBLISH", server);
    }

    [Fact]
    public async Task A_server_that_stops_costs_calls_that_were_not_done_and_is_used_again_when_it_is_back()
    {
        await using var server = await RedisServer.StartAsync();
        await using var link = await LinkScene.OpenAsync(server.Address);
        await server.StopAsync();
        var error = await FailureAsync(link, error => error.Code == "store-unreachable" && !error.OutcomeUnknown);
        Assert.Contains($"the store redis://{server.EndPoint}/0 is not connected", error.Message, StringComparison.Ordinal);
        await server.StartAgainAsync();
        await SucceedsAgainAsync(link, Lane.Work);
        await SucceedsAgainAsync(link, Lane.Heartbeat);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_leaves_the_outcome_unknown()
    {
        await using var server = await RedisServer.StartAsync();
        await using var link = await LinkScene.OpenAsync(server.Address);
        await link.RunAsync();
        server.Freeze();
        using var patience = new CancellationTokenSource();
        var abandoned = link.RunAsync(token: patience.Token);
        var waiting = Assert.ThrowsAsync<StoreException>(() => link.RunAsync());
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => abandoned);
        var error = await waiting;
        server.Thaw();
        Assert.Equal(("store-timeout", true), (error.Code, error.OutcomeUnknown));
        Assert.Contains("did not answer in time, so that it is not known whether the step was done", error.Message, StringComparison.Ordinal);
        await SucceedsAgainAsync(link, Lane.Work);
    }

    [Fact]
    public async Task A_full_server_is_told_with_the_remedy()
    {
        await using var server = await RedisServer.StartAsync();
        await using var link = await LinkScene.OpenAsync(server.Address);
        await server.AskAsync("CONFIG", "SET", "maxmemory", "1");
        var error = await Assert.ThrowsAsync<StoreException>(() => link.RunAsync());
        Assert.Equal(("store-full", false), (error.Code, error.OutcomeUnknown));
        Assert.Contains("raise maxmemory, or remove finished jobs (dibs purge)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_becomes_a_replica_is_told()
    {
        await using var primary = await RedisServer.StartAsync();
        await using var server = await RedisServer.StartAsync();
        await using var link = await LinkScene.OpenAsync(server.Address);
        await server.AskAsync("REPLICAOF", "127.0.0.1", $"{primary.Port}");
        var error = await FailureAsync(link, error => error.Code == "store-read-only");
        Assert.False(error.OutcomeUnknown);
    }

    [Fact]
    public async Task A_script_that_does_not_end_is_told()
    {
        await using var server = await RedisServer.StartAsync(new() { Also = ["busy-reply-threshold 50"] });
        await using var link = await LinkScene.OpenAsync(server.Address);
        await link.RunAsync();
        var endless = server.AskAsync("EVAL", "while true do end", "0");
        var error = await FailureAsync(link, error => error.Code == "store-busy");
        Assert.Contains("end it with SCRIPT KILL", error.Message, StringComparison.Ordinal);
        await server.AskAsync("SCRIPT", "KILL");
        await Assert.ThrowsAnyAsync<Exception>(() => endless);
        await SucceedsAgainAsync(link, Lane.Work);
    }

    [Fact]
    public async Task A_multiplexer_of_the_application_is_used_and_left_open()
    {
        await using var server = await RedisServer.StartAsync();
        await using var theirs = await ConnectionMultiplexer.ConnectAsync(server.EndPoint);
        var link = new RedisLink(theirs, "app:", "ns");
        await link.OpenAsync(Token);
        Assert.Equal(("app:{dibs:ns}", $"redis://{server.EndPoint}"), (link.Base, link.Location));
        Assert.Equal(0, await link.RunAsync());
        await HintIsHeardAsync(link, "PUBLISH", server);
        await link.DisposeAsync();
        Assert.Equal("app:{dibs:ns}:meta", Assert.Single(theirs.GetServers()[0].Keys()));
    }

    [Fact]
    public async Task A_multiplexer_of_the_application_that_is_not_connected_is_told()
    {
        var port = LoopbackPorts.Next();
        await using var theirs = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{port},abortConnect=false,asyncTimeout=1000");
        await using var link = new RedisLink(theirs, "", "ns");
        var error = await Assert.ThrowsAsync<StoreException>(() => link.OpenAsync(Token).AsTask());
        Assert.Equal(("store-unreachable", false), (error.Code, error.OutcomeUnknown));
        Assert.Contains($"the store redis://127.0.0.1:{port} is not connected", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_canceled_call_keeps_its_place_until_it_is_answered_and_heartbeats_have_their_own()
    {
        await using var server = await RedisServer.StartAsync();
        await using var link = await LinkScene.OpenAsync(server.Address);
        await link.RunAsync();
        await server.AskAsync("CLIENT", "PAUSE", "1500", "ALL");
        using var patience = new CancellationTokenSource();
        var work = Enumerable.Range(0, 1000).Select(_ => link.RunAsync(token: patience.Token)).ToArray();
        var waiting = link.RunAsync();
        var beat = link.RunAsync(Lane.Heartbeat);
        await patience.CancelAsync();
        foreach (var call in work)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.False(waiting.IsCompleted);
        Assert.Equal(1, await beat);
        Assert.Equal(1, await waiting);
    }

    [Fact]
    public async Task A_failover_of_sentinels_is_followed()
    {
        await using var scene = await SentinelScene.StartAsync("sesame");
        await using var link = await LinkScene.OpenAsync(scene.Address);
        Assert.Equal(0, await link.RunAsync());
        var primary = await scene.PrimaryAsync();
        await primary.KillAsync();
        await SucceedsAgainAsync(link, Lane.Work);
        await SucceedsAgainAsync(link, Lane.Heartbeat);
        // The sentinel that is asked here may be the last to know.
        var next = await Deadline.UntilAsync(scene.PrimaryAsync, server => server != primary, Soon, "another primary");
        await HintIsHeardAsync(link, "PUBLISH", next);
    }

    [Fact]
    public async Task A_failover_of_a_cluster_is_followed()
    {
        await using var scene = await ClusterScene.StartAsync();
        await using var link = await LinkScene.OpenAsync(scene.Address);
        Assert.Equal(RedisBinary.Installed.Version.Major >= 7, link.IsSharded);
        var otherDatabase = await LinkScene.RefusalAsync<DibsConfigurationException>($"redis://{scene.Nodes[0].EndPoint}/3");
        Assert.Equal("store-cluster-database", otherDatabase.Code);
        var publish = link.IsSharded ? "SPUBLISH" : "PUBLISH";
        Assert.Equal(0, await link.RunAsync());
        var primary = await scene.PrimaryOfAsync($"{link.Base}:meta");
        await HintIsHeardAsync(link, publish, primary);
        await primary.KillAsync();
        await SucceedsAgainAsync(link, Lane.Work);
        await SucceedsAgainAsync(link, Lane.Heartbeat);
        await HintIsHeardAsync(link, publish, await scene.PrimaryOfAsync($"{link.Base}:meta"));
    }

    /// <summary>Calls until a failure is of the kind that is waited for: the server changes while it is called.</summary>
    private static async Task<StoreException> FailureAsync(RedisLink link, Func<StoreException, bool> isIt) =>
        (await Deadline.UntilAsync(() => TryAsync(link, Lane.Work), error => error is not null && isIt(error), Soon, "the failure"))!;

    private static async Task SucceedsAgainAsync(RedisLink link, Lane lane) =>
        await Deadline.UntilAsync(() => TryAsync(link, lane), error => error is null, Soon, "a call succeeds");

    private static async Task<StoreException?> TryAsync(RedisLink link, Lane lane)
    {
        try
        {
            await link.RunAsync(lane);
            return null;
        }
        catch (StoreException e)
        {
            return e;
        }
    }

    private static async Task HintIsHeardAsync(RedisLink link, string publish, RedisServer server)
    {
        var heard = 0;
        void Hear() => Interlocked.Increment(ref heard);
        link.Subscribe("queue:q", Hear);
        await Deadline.UntilAsync(() => PublishAsync(), receivers => receivers == "1", Soon, "somebody listens");
        await Deadline.UntilAsync(() => Volatile.Read(ref heard) > 0, Soon, "the hint is heard");
        link.Unsubscribe("queue:q", Hear);
        await Deadline.UntilAsync(() => PublishAsync(), receivers => receivers == "0", Soon, "nobody listens");

        Task<string> PublishAsync() => server.AskAsync(publish, $"{link.Base}:hint:queue:q", "");
    }
}
