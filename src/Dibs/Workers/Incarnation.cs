using Dibs.Stores;
using Dibs.Telemetry;
using Microsoft.Extensions.Logging;

namespace Dibs.Workers;

/// <summary>Who the worker is to the store: new at each start, and again when the store knows it no more.</summary>
internal sealed class Incarnation(IJobStore store, WorkerRegistration registration, ILogger logger)
{
    private readonly Lock _lock = new();
    private Identity _current = new(registration.Incarnation);

    public string Name => registration.Name;
    public TimeSpan Lease => registration.Lease;

    public Identity Current
    {
        get
        {
            lock (_lock)
                return _current;
        }
    }

    public ValueTask RegisterAsync(CancellationToken cancellationToken) =>
        store.RegisterAsync(registration with { Incarnation = Current.Id }, cancellationToken);

    /// <summary>Begins again, unless somebody else of this worker has already done so.</summary>
    public async ValueTask BeginAgainAsync(Identity unknown, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_current == unknown)
            {
                logger.IncarnationUnknown(Name);
                _current = new Identity($"{registration.Incarnation}.{++unknown.Generation}") { Generation = unknown.Generation };
            }
        }
        await RegisterAsync(cancellationToken);
    }

    /// <summary>One incarnation, and its count of exchanges.</summary>
    internal sealed class Identity(string id)
    {
        public string Id { get; } = id;
        public int Generation { get; set; }
        public long Exchanges { get; set; }
    }
}
