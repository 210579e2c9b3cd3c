using Dibs.Clients;
using Dibs.Execution;
using Dibs.Stores;

namespace Dibs.Workers;

/// <summary>Tells the store that the worker lives and what it runs, and hears what is to stop and what is asked of it.</summary>
/// <remarks>Its surroundings have a thread for it. Hints come by the pool: one that is late costs less than the time between two heartbeats.</remarks>
internal sealed class Heartbeats(
    IJobStore store, StoreWitness witness, Incarnation incarnation, Slots slots, Lease lease, LeaseGuard guard, Steering steering, IJobExecutor executor, Rescuer rescuer, Outage outage, Announcer announcer, Signal work, Surroundings surroundings)
{
    private readonly Backoff _backoff = new(surroundings);
    private readonly Signal _called = new(surroundings.Time);

    public async Task RunAsync(CancellationToken stop)
    {
        while (true)
        {
            var answered = await BeatAsync(incarnation.Current, stop);
            announcer.Beat(answered);
            await _called.WaitAsync(answered ? rescuer.LookInterval : _backoff.Next(), stop);
        }
    }

    /// <summary>Calls for a heartbeat when the store hints that it has something to tell.</summary>
    public async Task ListenAsync(CancellationToken stop)
    {
        while (true)
        {
            var identity = incarnation.Current;
            using var wakeUp = store.Listen(new WakeFilter { Incarnation = identity.Id });
            while (identity == incarnation.Current)
            {
                if (await wakeUp.WaitAsync(rescuer.LookInterval, stop))
                    _called.Set();
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
            var before = witness.Last;
            var sent = lease.Send(rescuer.LookInterval / 2);
            var reply = await store.HeartbeatAsync(
                new HeartbeatRequest { Incarnation = identity.Id, Held = slots.Held, Memory = surroundings.Memory + executor.Memory, Overdue = slots.Overdue, Counts = sent.Counts }, stop);
            lease.Answered(sent);
            executor.Feed(lease.GoodUntil);
            witness.Hear(before, reply.Mark);
            foreach (var key in reply.Canceling)
                slots.Find(key)?.Stop();
            guard.Lose(reply.Lost);
            steering.Hear(reply.Asked);
            rescuer.Observe(reply.Stalest);
            if (reply.More)
                work.Set();
            if (!reply.Known)
                await incarnation.BeginAgainAsync(identity, stop);
            _backoff.Reset();
            outage.Answered(StoreDuties.Heartbeat);
            return true;
        }
        catch (StoreException failure)
        {
            outage.Failed(StoreDuties.Heartbeat, failure);
            return false;
        }
    }
}
