using Dibs.Stores;

namespace Dibs.Workers;

/// <summary>
/// Does the chores that any worker can do for all: jobs that became due are admitted, old final ones are pruned. It asks when
/// the next job that it knows of is due, when it is called, and now and then.
/// </summary>
internal sealed class Caretaker(IJobStore store, Outage outage, Retention retention, Surroundings surroundings)
{
    /// <summary>Nobody waits for a final job to go; a job that is due is told of by hints and exchanges.</summary>
    private static readonly TimeSpan PruneInterval = TimeSpan.FromSeconds(15);

    private readonly Signal _called = new(surroundings.Time);
    private readonly Backoff _backoff = new(surroundings);

    /// <summary>A job is due, or may be.</summary>
    public void Call() => _called.Set();

    public async Task RunAsync(CancellationToken stop)
    {
        while (true)
            await _called.WaitAsync(await TendAsync(stop), stop);
    }

    /// <summary>Is called by the hint that a job was stored which is due later: perhaps sooner than the next one known.</summary>
    public async Task ListenAsync(CancellationToken stop)
    {
        using var wakeUp = store.Listen(new WakeFilter { Scheduled = true });
        while (true)
        {
            await wakeUp.WaitAsync(Timeout.InfiniteTimeSpan, stop);
            Call();
        }
    }

    /// <summary>Tends until nothing is left, and says how long to wait.</summary>
    private async Task<TimeSpan> TendAsync(CancellationToken stop)
    {
        try
        {
            TendReply reply;
            do
                reply = await store.TendAsync(retention, stop);
            while (reply.More);
            _backoff.Reset();
            outage.Answered(StoreDuties.Chores);
            var prune = surroundings.Jitter(PruneInterval);
            return reply.DueIn < prune ? reply.DueIn.Value : prune;
        }
        catch (StoreException failure)
        {
            outage.Failed(StoreDuties.Chores, failure);
            return _backoff.Next();
        }
    }
}
