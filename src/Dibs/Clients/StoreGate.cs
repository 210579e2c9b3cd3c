using Dibs.Stores;
using Dibs.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dibs.Clients;

/// <summary>Opens the store once, at the first use, whoever comes first. After a failure the next one who comes tries again.</summary>
internal sealed class StoreGate(IJobStore store, ILogger<StoreGate>? logger = null)
{
    private readonly Lock _lock = new();
    private Task? _opening;

    /// <summary>Notices when the store comes back older.</summary>
    public StoreWitness Witness { get; } = new(logger ?? NullLogger<StoreGate>.Instance);

    /// <summary>The opened store.</summary>
    /// <exception cref="DibsConfigurationException">The address is not a store of ours.</exception>
    /// <exception cref="StoreException">Not reachable.</exception>
    public ValueTask<IJobStore> OpenAsync(CancellationToken cancellationToken) =>
        _opening is { IsCompletedSuccessfully: true } ? new(store) : new(OpenSlowAsync(cancellationToken));

    private async Task<IJobStore> OpenSlowAsync(CancellationToken cancellationToken)
    {
        Task opening;
        lock (_lock)
        {
            // Nobody's token: the first to give up must not take the store from the others.
            if (_opening is null or { IsFaulted: true })
                _opening = OpenStoreAsync();
            opening = _opening;
        }
        await opening.WaitAsync(cancellationToken).ConfigureAwait(false);
        return store;
    }

    private async Task OpenStoreAsync()
    {
        var description = await store.OpenAsync(CancellationToken.None).ConfigureAwait(false);
        foreach (var warning in description.Warnings)
            logger?.StoreWarned(warning);
    }
}
