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
        while (true)
        {
            // A store may send the hints of a queue only to incarnations that it knows to be idle, so both are named together.
            var identity = incarnation.Current;
            using var wakeUp = store.Listen(new WakeFilter { Queues = queues, Incarnation = identity.Id });
            while (identity == incarnation.Current)
            {
                var hinted = await wakeUp.WaitAsync(surroundings.Jitter(PollInterval), stop);
                // A full worker makes no exchange that would tell it whether a job is due.
                if (!hinted && slots.Free == 0)
                    caretaker.Call();
                work.Set();
            }
        }
    }
}
