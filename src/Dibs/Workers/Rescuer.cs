using Dibs.Stores;
using Dibs.Telemetry;
using Microsoft.Extensions.Logging;

namespace Dibs.Workers;

/// <summary>
/// Ends what lost workers left. It rescues only an incarnation whose beat it saw stand still for a whole lease, by its own
/// clock, through answered looks that were never further apart than a sixth of that lease and 5 seconds.
/// </summary>
internal sealed class Rescuer(IJobStore store, Incarnation incarnation, Outage outage, Signal work, Surroundings surroundings, ILogger logger)
{
    private static readonly TimeSpan LongestLease = TimeSpan.FromSeconds(30);
    private readonly Lock _lock = new();
    private readonly Signal _observed = new(surroundings.Time);
    private Dictionary<string, Observation> _observations = [];
    private TimeSpan _shortestLease = LongestLease;
    private long _lastLook;

    /// <summary>How often to look: a quarter sooner than the shortest lease around needs, so that a late look spoils nothing.</summary>
    public TimeSpan LookInterval
    {
        get
        {
            lock (_lock)
                return LookIntervalOf(_shortestLease < incarnation.Lease ? _shortestLease : incarnation.Lease);
        }
    }

    /// <summary>The longest that a worker of this lease waits between two looks, each of which is a heartbeat.</summary>
    public static TimeSpan LookIntervalOf(TimeSpan lease) => (lease < LongestLease ? lease : LongestLease) / 8;

    /// <summary>An answered look at the beats that are furthest back.</summary>
    public void Observe(IReadOnlyList<ObservedBeat> beats)
    {
        lock (_lock)
        {
            var now = surroundings.Time.GetTimestamp();
            var gap = surroundings.Time.GetElapsedTime(_lastLook, now);
            _observations = beats.ToDictionary(beat => beat.Incarnation, beat =>
                _observations.TryGetValue(beat.Incarnation, out var known) && known.Beat == beat && gap <= LongestGap(beat) ? known : new Observation(beat, now));
            _shortestLease = beats.Count == 0 ? LongestLease : TimeSpan.FromTicks(Math.Min(LongestLease.Ticks, beats.Min(beat => beat.Lease.Ticks)));
            _lastLook = now;
        }
        _observed.Set();
    }

    public async Task RunAsync(CancellationToken stop)
    {
        while (true)
        {
            var (next, dueIn) = Next();
            if (next is not null && dueIn <= TimeSpan.Zero)
                await RescueAsync(next, stop);
            else
                await _observed.WaitAsync(dueIn, stop);
        }
    }

    private static TimeSpan LongestGap(ObservedBeat beat) => (beat.Lease < LongestLease ? beat.Lease : LongestLease) / 6;

    /// <summary>The incarnation that is due first, and when.</summary>
    private (ObservedBeat? Beat, TimeSpan DueIn) Next()
    {
        lock (_lock)
        {
            var now = surroundings.Time.GetTimestamp();
            var sinceLook = surroundings.Time.GetElapsedTime(_lastLook, now);
            ObservedBeat? first = null;
            var dueIn = LongestLease;
            foreach (var (beat, since) in _observations.Values)
            {
                var left = beat.Lease - surroundings.Time.GetElapsedTime(since, now);
                if (left < dueIn && sinceLook <= LongestGap(beat))
                    (first, dueIn) = (beat, left);
            }
            return (first, dueIn);
        }
    }

    private async Task RescueAsync(ObservedBeat beat, CancellationToken stop)
    {
        try
        {
            RescueReply reply;
            do
            {
                reply = await store.RescueAsync(beat, stop);
                if (!reply.Refused)
                    logger.WorkerRescued(reply.Name, reply.Ended.Count);
            }
            while (reply is { Refused: false, More: true });
            work.Set();
        }
        catch (StoreException failure)
        {
            // It is looked at anew for a whole lease; until then the heartbeats find out whether the store is back.
            outage.Failed(StoreDuties.Heartbeat, failure);
        }
        lock (_lock)
            _observations.Remove(beat.Incarnation);
    }

    private sealed record Observation(ObservedBeat Beat, long Since);
}
