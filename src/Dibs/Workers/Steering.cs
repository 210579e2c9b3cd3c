using Dibs.Stores;
using Dibs.Telemetry;
using Microsoft.Extensions.Logging;

namespace Dibs.Workers;

/// <summary>
/// Knows what people asked of this worker through its store: to claim nothing more for as long as its incarnation is
/// known, or to drain and end, which is not taken back.
/// </summary>
#pragma warning disable CA1001 // The source owns no timer, and lives as long as its worker.
internal sealed class Steering(Incarnation incarnation, Signal work, ILogger logger)
#pragma warning restore CA1001
{
    private readonly CancellationTokenSource _stop = new();
    private volatile WorkerRequest _asked;

    /// <summary>It is to claim nothing.</summary>
    public bool IsQuiet => _asked != WorkerRequest.None;

    /// <summary>Fires when it is to drain.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary>A heartbeat was told this.</summary>
    public void Hear(WorkerRequest asked)
    {
        if (asked == _asked || _stop.IsCancellationRequested)
            return;
        _asked = asked;
        logger.WorkerAsked(incarnation.Name, asked switch
        {
            WorkerRequest.None => "claims again: it is a new incarnation, of which nothing was asked",
            WorkerRequest.Quiet => "was asked to be quiet: it claims nothing more, and what runs goes on",
            WorkerRequest.Stop => "was asked to stop",
        });
        if (asked == WorkerRequest.Stop)
            _stop.Cancel();
        work.Set();
    }
}
