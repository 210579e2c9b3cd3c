using Dibs.Tests.Redis.Servers;

namespace Dibs.Tests.Redis;

/// <summary>Many clients at once do whatever there is to do, in calm and while the server is disturbed; no promise is broken.</summary>
public sealed class StormTests(SharedRedis redis)
{
    [Fact]
    public async Task Clients_at_once_keep_every_promise()
    {
        var setbacks = await StormScene.RunAsync(await redis.ServerAsync());
        Assert.Equal(0, setbacks);
    }

    [Fact]
    public async Task Scripts_that_vanish_in_mid_run_are_sent_again_and_nobody_notices()
    {
        await using var server = await RedisServer.StartAsync();
        var setbacks = await StormScene.RunAsync(server, (TimeSpan.FromMilliseconds(50), () => server.AskAsync("SCRIPT", "FLUSH")));
        Assert.Equal(0, setbacks);
    }

    [Fact]
    public async Task Connections_cut_in_mid_call_cost_repeats_and_nothing_else()
    {
        await using var server = await RedisServer.StartAsync();
        var setbacks = await StormScene.RunAsync(server, (TimeSpan.FromMilliseconds(400), () => server.AskAsync("CLIENT", "KILL", "TYPE", "normal")));
        Assert.True(setbacks > 0, "No call was ever cut.");
    }

    [Fact]
    public async Task A_server_that_stands_still_now_and_then_delays_everybody_and_breaks_nothing()
    {
        await using var server = await RedisServer.StartAsync();
        var setbacks = await StormScene.RunAsync(server, (TimeSpan.FromMilliseconds(600), () => server.AskAsync("DEBUG", "SLEEP", "0.3")));
        Assert.Equal(0, setbacks);
    }

    [Fact]
    public async Task A_server_killed_and_started_again_has_kept_all_that_it_acknowledged()
    {
        await using var server = await RedisServer.StartAsync(new() { AppendOnly = "always" });
        async Task RestartAsync()
        {
            await server.KillAsync();
            await server.StartAgainAsync();
        }

        var setbacks = await StormScene.RunAsync(server, (TimeSpan.FromSeconds(1), RestartAsync));
        Assert.True(setbacks > 0, "No call ever met the dead server.");
    }
}
