using System.Text.RegularExpressions;
using Dibs.Redis;
using Dibs.Redis.Connections;
using Dibs.Tests.Redis.Servers;

namespace Dibs.Tests.Redis;

/// <summary>What is looked at when a store is opened: refused where jobs would be lost, else warned of with the remedy.</summary>
public partial class CheckTests
{
    private static readonly ServerFacts Fine = new()
    {
        Version = new(7, 0, 15),
        Flavour = "Redis",
        Role = "master",
        IsCluster = false,
        EvictionPolicy = "noeviction",
        MaxMemory = 0,
        AppendOnly = true,
        Snapshots = false,
        ClockOffset = TimeSpan.Zero,
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void A_server_as_it_should_be_gives_no_warning() => Assert.Empty(Warnings(Fine));

    [Fact]
    public void A_server_that_is_too_old_is_refused() =>
        Refused(Fine with { Version = new(6, 0, 16) }, "store-version", "the store redis://h:6379/0 is Redis 6.0.16; the oldest that works is 6.2, so upgrade the server");

    [Fact]
    public void A_replica_is_refused() =>
        Refused(Fine with { Role = "slave" }, "store-read-only", "the store redis://h:6379/0 is a replica, which takes no changes; connect to the primary, or to the sentinels or the cluster, which name it");

    [Fact]
    public void A_server_that_would_remove_jobs_at_its_limit_is_refused() =>
        Refused(Fine with { EvictionPolicy = "allkeys-lru", MaxMemory = 1_000_000 }, "store-eviction",
            "the store redis://h:6379/0 removes keys at its maxmemory of 1,000,000 bytes (maxmemory-policy allkeys-lru), and with them jobs; set maxmemory-policy noeviction");

    [Fact]
    public void What_is_not_as_it_should_be_is_warned_of_with_the_remedy()
    {
        Warned(Fine with { EvictionPolicy = "allkeys-lru" }, "would remove jobs once it has a maxmemory (maxmemory-policy allkeys-lru); set maxmemory-policy noeviction");
        Warned(Fine with { EvictionPolicy = "volatile-ttl", MaxMemory = 1 }, "removes keys that expire at its maxmemory (maxmemory-policy volatile-ttl)");
        Warned(Fine with { AppendOnly = false }, "keeps nothing on disk, so that a restart loses every job; set appendonly yes");
        Warned(Fine with { ClockOffset = TimeSpan.FromSeconds(-2.5) }, "has a clock 2.5 s behind this machine's");
        Warned(Fine with { ClockOffset = TimeSpan.FromSeconds(90) }, "has a clock 90.0 s ahead of this machine's");
        Warned(Fine with { EvictionPolicy = null, MaxMemory = null, AppendOnly = null, Snapshots = null }, "eviction and persistence could not be checked; allow it: ACL SETUSER USER +info +config|get");
        Assert.Empty(Warnings(Fine with { AppendOnly = false, Snapshots = true }));
    }

    [Fact]
    public async Task A_real_server_is_warned_of_and_refused_by_its_settings()
    {
        await using var server = await RedisServer.StartAsync();
        await using (var link = LinkScene.Link(server.Address))
            Assert.Contains("keeps nothing on disk", Assert.Single((await link.OpenAsync(Token)).Warnings), StringComparison.Ordinal);
        await server.AskAsync("CONFIG", "SET", "save", "3600 1");
        await using (var link = LinkScene.Link(server.Address))
            Assert.Empty((await link.OpenAsync(Token)).Warnings);
        await server.AskAsync("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
        await using (var link = LinkScene.Link(server.Address))
            Assert.Contains("would remove jobs", Assert.Single((await link.OpenAsync(Token)).Warnings), StringComparison.Ordinal);
        await server.AskAsync("CONFIG", "SET", "maxmemory", "100mb");
        Assert.Equal("store-eviction", (await LinkScene.RefusalAsync<DibsConfigurationException>(server.Address)).Code);
    }

    [Theory]
    [InlineData("+@all -evalsha -eval", "lacks the right to run 'eval'; add it: ACL SETUSER USER +eval")]
    [InlineData("+@all -hget", "lacks the right to run 'hget'; add it: ACL SETUSER ann +hget")]
    [InlineData("+@all -zadd -hset", "lacks the right to run 'hset', 'zadd'; add it: ACL SETUSER ann +hset +zadd")]
    [InlineData("+@all -publish", "lacks the right to run 'publish'; add it: ACL SETUSER ann +publish")]
    [InlineData("+@all -time", "lacks the right to run 'time'; add it: ACL SETUSER ann +time")]
    public async Task A_right_that_is_missing_is_named_with_the_rule(string rules, string message)
    {
        await using var server = await RedisServer.StartAsync(new() { Users = [$"ann on >sesame ~* &* {rules}"] });
        var error = await LinkScene.RefusalAsync<DibsConfigurationException>($"redis://{server.EndPoint}", "ann", "sesame");
        Assert.Equal("store-rights", error.Code);
        Assert.Contains($"the user of the store redis://{server.EndPoint}/0 {message.Replace("ACL SETUSER USER", "ACL SETUSER ann", StringComparison.Ordinal)}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_that_the_user_may_not_touch_are_named_with_the_rule()
    {
        await using var server = await RedisServer.StartAsync(new() { Users = ["ann on >sesame ~other:* &* +@all"] });
        var error = await LinkScene.RefusalAsync<DibsConfigurationException>($"redis://{server.EndPoint}", "ann", "sesame");
        Assert.Equal("store-rights", error.Code);
        Assert.Contains("lacks the right to use the keys '{dibs:ns}:*'; add it: ACL SETUSER ann ~{dibs:ns}:*", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_who_may_only_look_gets_in_and_one_right_lost_later_is_named()
    {
        await using var server = await RedisServer.StartAsync(new() { Users = ["viewer on >sesame ~* &* +@read +@connection +eval +evalsha +time", "ann on >sesame ~* &* +@all"] });
        await using var viewer = new RedisLink(RedisAddress.Parse($"redis://viewer:sesame@{server.EndPoint}"), "ns");
        var facts = await viewer.OpenAsync(Token);
        Assert.True(facts.IsReadOnlyUser);
        Assert.Contains("could not be checked; allow it: ACL SETUSER viewer +info +config|get", Assert.Single(facts.Warnings), StringComparison.Ordinal);
        await using var link = new RedisLink(RedisAddress.Parse($"redis://ann:sesame@{server.EndPoint}"), "ns");
        Assert.False((await link.OpenAsync(Token)).IsReadOnlyUser);
        await server.AskAsync("ACL", "SETUSER", "ann", "-evalsha");
        var error = await Assert.ThrowsAsync<DibsConfigurationException>(() => link.RunAsync());
        Assert.Equal("store-rights", error.Code);
        Assert.Contains("lacks the right to run 'evalsha'; add it: ACL SETUSER ann +evalsha", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_check_tries_every_command_that_the_steps_use()
    {
        var folder = Path.Combine(Support.Checkout.Root, "src/Dibs.Redis");
        var steps = Directory.GetFiles(Path.Combine(folder, "Scripts"), "*.lua", SearchOption.AllDirectories);
        var used = (await Task.WhenAll(steps.Select(file => File.ReadAllTextAsync(file, Token)))).SelectMany(text => Called().Matches(text)).Select(match => match.Groups["name"].Value);
        var tried = Tried().Matches(await File.ReadAllTextAsync(Path.Combine(folder, "Connections/check.lua"), Token)).Select(match => match.Groups["name"].Value);
        // Only verify and repair call these, whose user has rights of its own.
        string[] keepers = ["HLEN", "SCAN", "STRLEN", "TYPE", "ZRANGEBYSCORE", "ZSCAN"];
        Assert.Empty(used.Except(tried).Except(keepers));
    }

    private static IReadOnlyList<string> Warnings(ServerFacts facts) => new ServerVerdict("redis://h:6379/0", "USER", facts).Warnings();

    private static void Warned(ServerFacts facts, string message) => Assert.Contains(message, Assert.Single(Warnings(facts)), StringComparison.Ordinal);

    private static void Refused(ServerFacts facts, string code, string message)
    {
        var error = Assert.Throws<DibsConfigurationException>(new ServerVerdict("redis://h:6379/0", "USER", facts).Require);
        Assert.Equal((code, message), (error.Code, error.Message));
    }

    [GeneratedRegex(@"call\('(?<name>[A-Z]+)'", RegexOptions.CultureInvariant)]
    private static partial Regex Called();

    [GeneratedRegex(@"try\('[rw]', '(?<name>[A-Z]+)'", RegexOptions.CultureInvariant)]
    private static partial Regex Tried();
}
