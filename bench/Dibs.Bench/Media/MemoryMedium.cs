using Dibs.Bench.Bare;
using Dibs.Stores;
using Dibs.Stores.Memory;

namespace Dibs.Bench.Media;

/// <summary>The memory of this process.</summary>
internal sealed class MemoryMedium(string @namespace) : IMedium
{
    public Sizes SizesOf(bool quick) => new()
    {
        Runs = quick ? 3 : 9,
        Single = 10_000,
        Enqueued = 10_000,
        Drained = 50_000,
        PickUps = quick ? 100 : 500,
        Waiting = [1_000, 10_000, 100_000],
        Exchanges = 1_000,
        Kept = 50_000,
        Idle = TimeSpan.FromSeconds(quick ? 2 : 20),
    };

    public IJobStore CreateStore(TimeProvider time) => new MemoryJobStore(@namespace, time);

    public Task<IBareStore> OpenBareAsync(CancellationToken cancellationToken) => Task.FromResult<IBareStore>(new BareMemory());

    public Task<long> UsedAsync(CancellationToken cancellationToken) => Task.FromResult(GC.GetTotalMemory(forceFullCollection: true));

    public Task<ServerLoad?> LoadAsync(CancellationToken cancellationToken) => Task.FromResult<ServerLoad?>(null);

    /// <summary>All of it vanishes with the store.</summary>
    public Task ClearAsync(IJobStore store, ShiftedTime time, CancellationToken cancellationToken) => Task.CompletedTask;

    public ValueTask DisposeAsync() => default;
}
