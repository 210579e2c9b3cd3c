using System.Globalization;
using Dibs.Redis;
using Dibs.Redis.Connections;
using StackExchange.Redis;

namespace Dibs.Bench.Media;

/// <summary>The servers of a store, over one connection to each: what they say of themselves, and the removal of keys. Of a cluster it is the sum over all.</summary>
internal sealed class RedisServers : IAsyncDisposable
{
    private const int KeysPerScan = 1_000;
    private const double Microsecond = 1e-6;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(10);
    private static readonly string[] StepCommands = ["evalsha", "eval"];

    // Beside steps: what a client sends and no script calls. INFO counts the commands inside of scripts too.
    private static readonly string[] OtherCommands =
        ["ping", "echo", "info", "hello", "auth", "select", "role", "subscribe", "unsubscribe", "ssubscribe", "sunsubscribe", "client|setname", "client|setinfo", "client|id", "config|get"];

    private readonly RedisAddress _address;
    private readonly ConnectionMultiplexer _multiplexer;

    private RedisServers(RedisAddress address, ConnectionMultiplexer multiplexer) => (_address, _multiplexer) = (address, multiplexer);

    public static async Task<RedisServers> OpenAsync(RedisAddress address, CancellationToken cancellationToken) =>
        new(address, await Dialer.For(address).DialAsync(Lane.Work, cancellationToken));

    private IEnumerable<IServer> Primaries => _multiplexer.GetServers().Where(server => server is { IsConnected: true, IsReplica: false });

    /// <summary>A namespace over this connection. It need not be disposed of.</summary>
    public RedisLink Link(string @namespace) => new(_multiplexer, _address.Prefix, @namespace);

    /// <summary>One SET round trip.</summary>
    public Task SetAsync(string key, byte[] value) => AskAsync(() => _multiplexer.GetDatabase().StringSetAsync(key, value));

    /// <summary>What the servers have done so far.</summary>
    public Task<ServerLoad> LoadAsync() => AskAsync(async () =>
    {
        var sum = new ServerLoad(0, 0, 0, Commands: -OwnCommands());
        foreach (var server in Primaries)
            sum += Load(await InfoAsync(server));
        return sum;
    });

    /// <summary>Bytes that the servers use for what they keep: all but the buffers of their clients, once what was removed is freed.</summary>
    public Task<long> UsedAsync(CancellationToken cancellationToken) => AskAsync(async () =>
    {
        var used = 0L;
        foreach (var server in Primaries)
        {
            var info = await InfoAsync(server);
            for (; Number(info, "lazyfree_pending_objects") > 0; info = await InfoAsync(server))
                await Task.Delay(Look, TimeProvider.System, cancellationToken);
            used += (long)(Number(info, "used_memory") - Number(info, "mem_clients_normal"));
        }
        return used;
    });

    /// <summary>Removes every key of a namespace: a scan over all keys there are, a thousand at a time.</summary>
    public Task RemoveAsync(string @namespace, CancellationToken cancellationToken) => AskAsync(async () =>
    {
        var database = _multiplexer.GetDatabase();
        var pattern = $"{Literally(Link(@namespace).Base)}:*";
        foreach (var server in Primaries)
        {
            await foreach (var keys in server.KeysAsync(database.Database, pattern, KeysPerScan).Chunk(KeysPerScan).WithCancellation(cancellationToken))
                await database.KeyDeleteAsync(keys);
        }
        return true;
    });

    public ValueTask DisposeAsync() => _multiplexer.DisposeAsync();

    private long OwnCommands()
    {
        var counters = _multiplexer.GetCounters();
        return counters.Interactive.OperationCount + counters.Subscription.OperationCount;
    }

    private static ServerLoad Load(Dictionary<string, string> info)
    {
        var steps = Calls(info, StepCommands);
        var cpu = Number(info, "used_cpu_user") + Number(info, "used_cpu_sys");
        return new ServerLoad(steps, StepCommands.Sum(name => Statistic(info, name, "usec")) * Microsecond, cpu, steps + Calls(info, OtherCommands));
    }

    private static long Calls(Dictionary<string, string> info, string[] commands) => (long)commands.Sum(name => Statistic(info, name, "calls"));

    /// <summary>A number of <c>cmdstat_NAME:calls=1,usec=2,…</c>; 0 for a command that was never called.</summary>
    private static double Statistic(Dictionary<string, string> info, string command, string name) =>
        info.GetValueOrDefault($"cmdstat_{command}")?.Split(',').FirstOrDefault(part => part.StartsWith($"{name}=", StringComparison.Ordinal)) is { } found
            ? double.Parse(found.AsSpan(name.Length + 1), CultureInfo.InvariantCulture)
            : 0;

    private static double Number(Dictionary<string, string> info, string field) =>
        info.TryGetValue(field, out var text) ? double.Parse(text, CultureInfo.InvariantCulture) : 0;

    private static async Task<Dictionary<string, string>> InfoAsync(IServer server) =>
        (await server.InfoAsync("all")).SelectMany(section => section).DistinctBy(field => field.Key).ToDictionary(StringComparer.Ordinal);

    /// <summary>A pattern that only this text matches.</summary>
    private static string Literally(string text) => string.Concat(text.Select(letter => letter is '*' or '?' or '[' or ']' or '\\' ? $"\\{letter}" : $"{letter}"));

    private async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (Exception e) when (CommandFailure.IsOfRedis(e))
        {
            var location = _address.ToString();
            throw new CommandFailure(_address, location, new MissingRights(location, _address.User ?? "default", $"{_address.Prefix}{{dibs:bench-*}}")).From(e);
        }
    }
}
