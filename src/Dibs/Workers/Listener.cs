using Dibs.Stores;

namespace Dibs.Workers;

/// <summary>Wakes the dispatcher for every hint, and once a second in case one was lost.</summary>
internal sealed class Listener(
    IJobStore store, Incarnation incarnation, IReadOnlyList<string> queues, Slots slots, Caretaker caretaker, Signal work, Surroundings surroundings)
{
    /// <summary>What a lost hint costs at most.</summary>
    public static TimeSpan PollInterval { get; } = TimeSpan.FromSeconds(1);

    public async Task RunAsync(CancellationToken stop)
    {
        var called = 0L;
        while (true)
        {
            // A store may send the hints of a queue only to incarnations that it knows to be idle, so both are named together.
            var identity = incarnation.Current;
            using var wakeUp = store.Listen(new WakeFilter { Queues = queues, Incarnation = identity.Id });
            while (identity == incarnation.Current)
            {
                await wakeUp.WaitAsync(surroundings.Jitter(PollInterval), stop);
                work.Set();
                // A full worker makes no exchange that would tell it whether a job is due; many hints are no reason to ask more often.
                if (slots.Free > 0 || surroundings.Time.GetElapsedTime(called) < PollInterval / 2)
                    continue;
                caretaker.Call();
                called = surroundings.Time.GetTimestamp();
            }
        }
    }
}
