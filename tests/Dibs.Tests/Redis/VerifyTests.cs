using Dibs.Redis;
using Dibs.Redis.Connections;
using Dibs.Stores;
using Dibs.Tests.Redis.Servers;
using Dibs.Tests.Support;
using static Dibs.Tests.Support.SampleJobs;

namespace Dibs.Tests.Redis;

/// <summary>What is derived and was damaged, lost or overwritten is found by name, and set right from the records of the jobs.</summary>
public sealed class VerifyTests(SharedRedis redis) : IAsyncLifetime
{
    private const int Waiters = 300;

    /// <summary>Far more than any loop here takes.</summary>
    private const int MostSteps = 500;

    private readonly string _prefix = $"{Guid.NewGuid():N}:";
    private RedisServer _server = null!;
    private RedisJobStore _store = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Base => $"{_prefix}{{dibs:default}}";

    public async ValueTask InitializeAsync()
    {
        _server = await redis.ServerAsync();
        _store = new RedisJobStore(new RedisLink(RedisAddress.Parse($"{_server.Address}?prefix={_prefix}"), "default"), "default");
        await _store.OpenAsync(Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        await RedisKeys.SweepAsync(_server, _prefix);
    }

    [Theory]
    [InlineData("held", "r", "HSET resources r '3 0 1 0 '")]
    [InlineData("held", "r", "HDEL resources r")]
    [InlineData("resource", "r", "HSET resources r '-1 0 5 0 runs'")]
    [InlineData("resource", "r", "HSET resources r nonsense")]
    [InlineData("resource", "idle", "HSET resources idle '0 0 0 0 '")]
    [InlineData("resource", "r", "DEL line:r")]
    [InlineData("resource", "r", "ZADD line:r 77 xnobody")]
    [InlineData("resource", "long", "DEL pages:line:long")]
    [InlineData("resource", "long", "DEL 1:line:long")]
    [InlineData("resource", "full", "HSET resources full '2 0 1 0 '")]
    [InlineData("held", "full", "DEL held:full")]
    [InlineData("held", "full", "ZADD held:full 77 nobody")]
    [InlineData("blockers", "second", "SETRANGE j:second 4 \u0002")]
    [InlineData("dependencies", "after", "SETRANGE j:after 3 \u0000")]
    [InlineData("dependencies", "after", "SETRANGE j:after 3 \u0002")]
    [InlineData("dependencies", "after", "DEL dependents:runs")]
    [InlineData("dependencies", "nobody", "ZADD dependents:runs 7 nobody")]
    [InlineData("ready", "h1", "DEL ready:default")]
    [InlineData("ready", "nobody", "ZADD ready:default 7 0000000nobody")]
    [InlineData("due", "later", "DEL due")]
    [InlineData("final", "done", "DEL final")]
    [InlineData("order", "h1", "DEL order")]
    [InlineData("order", "nobody", "ZADD order 5000 nobody")]
    [InlineData("runs", "runs", "DEL runs:w-1")]
    [InlineData("runs", "nobody", "ZADD runs:w-1 7 'nobody 1'")]
    [InlineData("workers", "w-1", "DEL beats")]
    [InlineData("workers", "w-1", "DEL workers")]
    [InlineData("workers", "default", "HSET served default 7")]
    [InlineData("workers", "gone", "ZADD idle:default 7 gone")]
    [InlineData("pending", "r", "ZADD pending 7 rr")]
    [InlineData("pending", "runs", "ZADD pending 7 jruns")]
    [InlineData("pending", "crowd", "DEL pending")]
    [InlineData("counts", "default ready", "HINCRBY counts 2default 1")]
    [InlineData("counts", "default ready", "DEL counts")]
    [InlineData("counts", "final", "HINCRBY meta final 3")]
    [InlineData("counts", "ticket", "HSET meta ticket 1")]
    [InlineData("counts", "seq", "HSET meta seq 1")]
    [InlineData("key", "log:nobody", "RPUSH log:nobody line")]
    public async Task Verify_names_the_damage_and_repair_mends_it(string kind, string subject, string damage)
    {
        await PlayAsync();
        Assert.Empty(await _store.DriftsAsync());
        await DamageAsync(damage);

        var found = await _store.DriftsAsync();

        Assert.Contains(found, drift => drift.Kind == kind && drift.Subject == subject);
        Assert.NotEmpty(await _store.DriftsAsync(repair: true));
        Assert.Empty(await _store.DriftsAsync());
        await RunAllAsync();
    }

    [Theory]
    [InlineData("meta")]
    [InlineData("resources")]
    [InlineData("order")]
    [InlineData("pages:order")]
    [InlineData("due")]
    [InlineData("final")]
    [InlineData("ready:default")]
    [InlineData("line:r")]
    [InlineData("line:nobody ever")]
    [InlineData("1:line:long")]
    [InlineData("pages:line:long")]
    [InlineData("held:full")]
    [InlineData("pending")]
    [InlineData("dependents:runs")]
    [InlineData("runs:w-1")]
    [InlineData("workers")]
    [InlineData("beats")]
    [InlineData("served")]
    [InlineData("worker:w-1")]
    [InlineData("idle:default")]
    [InlineData("counts")]
    [InlineData("more:done")]
    [InlineData("log:runs")]
    [InlineData("tries:runs")]
    public async Task A_key_of_a_foreign_type_is_named_and_what_belongs_there_is_put_back(string key)
    {
        await PlayAsync();
        await DamageAsync($"SET '{key}' foreign");

        Assert.Contains(await _store.DriftsAsync(), drift => (drift.Kind, drift.Subject) == ("key", key));
        Assert.Equal("foreign", await _server.AskAsync("GET", $"{Base}:{key}"));
        await _store.DriftsAsync(repair: true);
        Assert.Empty(await _store.DriftsAsync());
        await RunAllAsync();
    }

    [Fact]
    public async Task A_record_of_a_foreign_type_is_named_and_left_and_nothing_leads_to_it_any_more()
    {
        await PlayAsync();
        await DamageAsync("DEL j:second");
        await DamageAsync("HSET j:second field foreign");

        Assert.Contains(await _store.DriftsAsync(), drift => (drift.Kind, drift.Subject) == ("job", "second"));
        await _store.DriftsAsync(repair: true);

        Assert.Equal([("job", "second")], (await _store.DriftsAsync()).Select(drift => (drift.Kind, drift.Subject)));
        await RunAllAsync("second");
    }

    [Theory]
    [InlineData("ready:default")]
    [InlineData("counts")]
    [InlineData("pending")]
    [InlineData("line:r")]
    [InlineData("final")]
    [InlineData("meta")]
    [InlineData("runs:w-1")]
    public async Task A_step_that_meets_a_foreign_key_fails_with_a_clear_error_and_all_goes_on_after_repair(string key)
    {
        var worker = await PlayAsync();
        await DamageAsync($"SET {key} foreign");
        for (var n = 0; n < 5; n++)
        {
            try
            {
                await worker.ExchangeAsync(4);
                await _store.TendAsync(Retention.Default, Token);
                await _store.EnqueueAsync([Job($"new{n}", exclusive: ["r"])], Token);
            }
            catch (StoreException failure)
            {
                Assert.Equal("store-foreign", failure.Code);
            }
        }

        await _store.DriftsAsync(repair: true);

        Assert.Empty(await _store.DriftsAsync());
        await RunAllAsync();
    }

    [Fact]
    public async Task Resources_whose_names_look_like_pages_of_each_other_keep_to_themselves()
    {
        foreach (var name in new[] { "r", "r:1", "r:2", "1:line:r", "pages:line:r", "line:r" })
        {
            await _store.EnqueueAsync(Many(Waiters, id => Job($"{Array.IndexOf(["r", "r:1"], name)}-{name.Length}-{id}", exclusive: [name])), Token);
        }

        Assert.Empty(await _store.DriftsAsync());
        await RunAllAsync();
        Assert.Empty(await _store.DriftsAsync());
    }

    [Fact]
    public async Task Every_kind_of_key_is_in_the_document()
    {
        await PlayAsync();
        var keys = (await RedisKeys.AllAsync(_server, $"{Base}:")).Select(key => key[(Base.Length + 1)..]).ToArray();
        var families = keys.Select(key => key.Split(':')[0]).Select(family => char.IsAsciiDigit(family[0]) ? "N" : family).ToHashSet();

        var document = await File.ReadAllLinesAsync(Path.Combine(Checkout.Root, "docs", "redis-layout.md"), Token);

        var described = document.Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => line.Split('`', ':')[1]).ToHashSet();
        Assert.Empty(families.Except(described));
        Assert.Superset(new HashSet<string> { "meta", "j", "N", "pages", "pending", "dependents", "tries", "log", "more", "idle" }, families);
    }

    /// <summary>A scene with a key of every kind in it; the worker goes on running one job.</summary>
    private async Task<TestWorker> PlayAsync()
    {
        var worker = await TestWorker.RegisterAsync(_store, TestWorker.RegistrationOf("w", DefaultQueue, "other"));
        await _store.EnqueueAsync([Job("done")], Token);
        var done = await worker.ClaimAsync();
        await _store.ReportAsync([new() { Key = done.Key, Created = ["thing"], Lines = [new(default, "line")] }], Token);
        await worker.CompleteAsync(done);
        await _store.EnqueueAsync([Job("runs", exclusive: ["r"])], Token);
        await worker.SettleAsync(SettleOutcome.Returned, await worker.ClaimAsync());
        var running = await worker.ClaimAsync();
        await _store.ReportAsync([new() { Key = running.Key, Created = ["thing"], Lines = [new(default, "line")] }], Token);
        await worker.ExchangeAsync(1);
        await _store.EnqueueAsync(
            [
                Job("second", exclusive: ["r"]), Job("after", after: ["runs"]), Job("later", delay: TimeSpan.FromDays(1)),
                Job("h1", shared: [new("full", 2)]), Job("h2", shared: ["full"]), Job("w1", shared: ["full"]),
            ],
            Token);
        await _store.EnqueueAsync(Many(Waiters, id => Job(id, exclusive: ["long"]), "line"), Token);
        await _store.EnqueueAsync([Job("crowd", exclusive: ["crowd"])], Token);
        await _store.EnqueueAsync(Many(Waiters, id => Job(id, after: ["crowd"]), "told"), Token);
        await _store.EnqueueAsync(Many(Waiters, id => Job(id, shared: ["crowd"]), "shares"), Token);
        await _store.ChangeAsync(ChangeKind.Cancel, ["crowd"], Token);
        return worker;
    }

    /// <summary>The worker is gone, another one comes: every job that may run does, and none is left but those named.</summary>
    private async Task RunAllAsync(params string[] lost)
    {
        await _store.HeartbeatAsync(new() { Incarnation = "w-1", Leaving = true }, Token);
        await _store.ChangeAsync(ChangeKind.Cancel, ["later"], Token);
        var worker = await TestWorker.RegisterAsync(_store, TestWorker.RegistrationOf("next"));
        for (var (step, more) = (0, true); more; step++)
        {
            Assert.True(step < MostSteps, "The store goes on saying that work is left.");
            var reply = await worker.ExchangeAsync(100);
            await worker.CompleteAsync(reply.Claims);
            more = reply.Claims.Count > 0 || reply.More;
        }

        var left = await _store.ListAsync(new() { States = [JobState.Scheduled, JobState.Blocked, JobState.Ready, JobState.Running, JobState.Canceling] }, Token);
        Assert.Empty(left.Jobs.Select(job => job.Record.Id).Except(lost));
        Assert.Equal(lost.Length == 0 ? [] : lost, (await _store.DriftsAsync()).Select(drift => drift.Subject));
    }

    /// <summary>A command at the prompt: words, of which one in quotes may have blanks; the second is the name of a key.</summary>
    private async Task DamageAsync(string command)
    {
        var words = command.Split('\'') switch
        {
            [var before, var quoted, var after] => [.. Words(before), quoted, .. Words(after)],
            _ => Words(command),
        };
        words[1] = $"{Base}:{words[1]}";
        await _server.AskAsync(words);
    }

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
