using System.Runtime.ExceptionServices;
using Dibs.Telemetry;
using Microsoft.Extensions.Logging;

namespace Dibs.Workers;

/// <summary>Duties that repeat a failed step until it is answered.</summary>
[Flags]
internal enum StoreDuties
{
    None = 0,
    Exchange = 1,
    Heartbeat = 2,
    Report = 4,
    Chores = 8,
}

/// <summary>
/// Knows whether the store is lost: from the first step that fails until every duty that failed was answered again. That is
/// two lines in the log, however often the duties try. Or the worker ends at the first failure, if it was told to.
/// </summary>
internal sealed class Outage(Incarnation incarnation, Slots slots, Lease lease, OnStoreLoss onStoreLoss, Surroundings surroundings, ILogger logger)
{
    private readonly Lock _lock = new();
    private volatile StoreDuties _failing;
    private long _since;
    private bool _isSettling;
    private int _settled;
    private int _refused;

    /// <summary>A step failed; the duty that is named will ask the store again.</summary>
    /// <exception cref="StoreException">The failure, if the worker is to end.</exception>
    public void Failed(StoreDuties duty, StoreException failure)
    {
        if (onStoreLoss == OnStoreLoss.Exit)
            ExceptionDispatchInfo.Throw(failure);
        lock (_lock)
        {
            var isNew = _failing == StoreDuties.None;
            _failing |= duty;
            if (!isNew)
                return;
            (_since, _isSettling, _settled, _refused) = (surroundings.Time.GetTimestamp(), false, 0, 0);
        }
        var running = slots.Running.Length;
        if (running == 0)
            logger.StoreLostIdle(incarnation.Name, failure.Message);
        else
            logger.StoreLost(incarnation.Name, running, Left(lease.StopAt), Left(lease.KillAt), failure.Message);
    }

    /// <summary>Ends of attempts reached the store.</summary>
    public void Settled(int accepted, int refused)
    {
        if (_failing == StoreDuties.None)
            return;
        lock (_lock)
            (_settled, _refused) = (_settled + accepted, _refused + refused);
    }

    /// <summary>A step of this duty was answered.</summary>
    public void Answered(StoreDuties duty)
    {
        if (_failing == StoreDuties.None)
            return;
        lock (_lock)
        {
            // Another duty may have been the last of them meanwhile.
            if (_failing == StoreDuties.None)
                return;
            _failing &= ~duty;
            // The next exchange brings what was kept, and the line is to say what became of it.
            if (_failing == StoreDuties.None && !_isSettling && slots.Unsettled > 0)
                (_isSettling, _failing) = (true, StoreDuties.Exchange);
            if (_failing != StoreDuties.None)
                return;
        }
        logger.StoreBack(incarnation.Name, surroundings.Time.GetElapsedTime(_since).TotalSeconds, _settled, _refused, slots.Unsettled);
    }

    /// <summary>Seconds until so much of the lease has passed.</summary>
    private double Left(TimeSpan part) => Math.Max(0, (part - lease.Elapsed).TotalSeconds);
}
