using Dibs.Bench.Bare;
using Dibs.Redis;
using Dibs.Stores;

namespace Dibs.Bench.Media;

/// <summary>A Redis, measured over a connection of its own beside those of the stores.</summary>
internal sealed class RedisMedium : IMedium
{
    private readonly RedisAddress _address;
    private readonly string _namespace;
    private readonly RedisServers _servers;

    private RedisMedium(RedisAddress address, string @namespace, RedisServers servers) => (_address, _namespace, _servers) = (address, @namespace, servers);

    // The bare cost is measured while a store has jobs, so it has keys of its own.
    private string BareNamespace => $"{_namespace}-bare";

    /// <summary>Connects.</summary>
    public static async Task<RedisMedium> OpenAsync(RedisAddress address, string @namespace, CancellationToken cancellationToken) =>
        new(address, @namespace, await RedisServers.OpenAsync(address, cancellationToken));

    public Sizes SizesOf(bool quick) => new()
    {
        Runs = quick ? 2 : 3,
        Single = quick ? 500 : 2_000,
        Enqueued = quick ? 5_000 : 10_000,
        Drained = quick ? 10_000 : 100_000,
        PickUps = quick ? 100 : 500,
        Waiting = quick ? [1_000, 10_000] : [1_000, 10_000, 100_000],
        Exchanges = quick ? 50 : 300,
        Kept = quick ? 10_000 : 50_000,
        Idle = TimeSpan.FromSeconds(quick ? 5 : 20),
    };

    public IJobStore CreateStore(TimeProvider time) => new RedisJobStore(_address, _namespace);

    public async Task<IBareStore> OpenBareAsync(CancellationToken cancellationToken) => await BareRedis.OpenAsync(_servers, BareNamespace, cancellationToken);

    public Task<long> UsedAsync(CancellationToken cancellationToken) => _servers.UsedAsync(cancellationToken);

    public async Task<ServerLoad?> LoadAsync(CancellationToken cancellationToken) => await _servers.LoadAsync();

    public Task ClearAsync(IJobStore store, ShiftedTime time, CancellationToken cancellationToken) => _servers.RemoveAsync(_namespace, cancellationToken);

    /// <summary>Removes every key of the run, also those of a part that was broken off.</summary>
    public async ValueTask DisposeAsync()
    {
        await _servers.RemoveAsync(_namespace, CancellationToken.None);
        await _servers.RemoveAsync(BareNamespace, CancellationToken.None);
        await _servers.DisposeAsync();
    }
}
