using System.Runtime.CompilerServices;
using Dibs.Stores;
using Dibs.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dibs.Clients;

/// <summary>Opens the store once, at the first use, whoever comes first. After a failure the next one who comes tries again.</summary>
internal sealed class StoreGate(IJobStore store, ILogger<StoreGate>? logger = null)
{
    private readonly Lock _lock = new();
    private Task<IJobStore>? _opening;

    /// <summary>Notices when the store comes back older.</summary>
    public StoreWitness Witness { get; } = new(logger ?? NullLogger<StoreGate>.Instance);

    private static bool HasContext => SynchronizationContext.Current is not null || TaskScheduler.Current != TaskScheduler.Default;

    /// <summary>
    /// The opened store. Whoever awaits it goes on without the synchronization context it came with, and so does all that the store then does
    /// for it: a thread that blocks until a call has ended (<c>.Result</c> in a window) would otherwise be the one that has to end it. Stores
    /// themselves keep their context, which is how the duties of a lease stay on threads of their own.
    /// </summary>
    /// <exception cref="DibsConfigurationException">The address is not a store of ours.</exception>
    /// <exception cref="StoreException">Not reachable.</exception>
    public ConfiguredTaskAwaitable<IJobStore> OpenAsync(CancellationToken cancellationToken)
    {
        var opened = _opening is { IsCompletedSuccessfully: true } opening ? opening : OpenSlowAsync(cancellationToken);
        return opened.ConfigureAwait(HasContext ? ConfigureAwaitOptions.ForceYielding : ConfigureAwaitOptions.None);
    }

    private Task<IJobStore> OpenSlowAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            // Nobody's token and nobody's context: the first to give up must not take the store from the others.
            if (_opening is null or { IsFaulted: true })
                _opening = HasContext ? Task.Run(OpenStoreAsync, CancellationToken.None) : OpenStoreAsync();
            return _opening.WaitAsync(cancellationToken);
        }
    }

    private async Task<IJobStore> OpenStoreAsync()
    {
        var description = await store.OpenAsync(CancellationToken.None).ConfigureAwait(false);
        foreach (var warning in description.Warnings)
            logger?.StoreWarned(warning);
        return store;
    }
}
