using Dibs.Clients;
using Dibs.Telemetry;
using Microsoft.Extensions.Logging;

namespace Dibs.Workers;

/// <summary>
/// For one lease after the store came back older a worker claims nothing: what the store takes for waiting may still run
/// elsewhere, until every worker has heard that its attempts are not known any more.
/// </summary>
internal sealed class Quarantine(StoreWitness witness, Incarnation incarnation, TimeProvider time, ILogger logger)
{
    private readonly Lock _lock = new();
    private int _setbacks = witness.Last.Setbacks;
    private long? _since;

    public bool IsOn()
    {
        lock (_lock)
        {
            var setbacks = witness.Last.Setbacks;
            if (setbacks != _setbacks)
            {
                (_setbacks, _since) = (setbacks, time.GetTimestamp());
                logger.ClaimsNothing(incarnation.Name, incarnation.Lease);
            }
            if (_since is { } since && time.GetElapsedTime(since) >= incarnation.Lease)
                _since = null;
            return _since is not null;
        }
    }
}
