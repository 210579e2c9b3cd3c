using Dibs.Stores;
using Dibs.Telemetry;
using Microsoft.Extensions.Logging;

namespace Dibs.Workers;

/// <summary>Tells the store that the worker lives and what it runs, and hears what is to stop.</summary>
internal sealed class Heartbeats(
    IJobStore store, Incarnation incarnation, Slots slots, Lease lease, LeaseGuard guard, Rescuer rescuer, Signal work, Surroundings surroundings, ILogger logger)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(200);

    public async Task RunAsync(CancellationToken stop)
    {
        while (true)
        {
            var identity = incarnation.Current;
            using var wakeUp = store.Listen(new WakeFilter { Incarnation = identity.Id });
            while (identity == incarnation.Current)
            {
                var answered = await BeatAsync(identity, stop);
                await wakeUp.WaitAsync(answered ? rescuer.LookInterval : surroundings.Jitter(RetryAfter), stop);
            }
        }
    }

    /// <summary>The last heartbeat: the store forgets the incarnation.</summary>
    public async Task LeaveAsync(CancellationToken cancellationToken)
    {
        HeartbeatReply reply;
        do
            reply = await store.HeartbeatAsync(new HeartbeatRequest { Incarnation = incarnation.Current.Id, Held = slots.Held, Leaving = true }, cancellationToken);
        while (reply is { Known: true, More: true });
    }

    private async Task<bool> BeatAsync(Incarnation.Identity identity, CancellationToken stop)
    {
        try
        {
            var sent = lease.Send();
            var reply = await store.HeartbeatAsync(new HeartbeatRequest { Incarnation = identity.Id, Held = slots.Held }, stop);
            lease.Answered(sent);
            foreach (var key in reply.Canceling)
                slots.Find(key)?.Stop();
            guard.Lose(reply.Lost);
            rescuer.Observe(reply.Stalest);
            if (reply.More)
                work.Set();
            if (!reply.Known)
                await incarnation.BeginAgainAsync(identity, stop);
            return true;
        }
        catch (StoreException exception)
        {
            logger.StepFailed(incarnation.Name, "heartbeat", exception.Message);
            return false;
        }
    }
}
