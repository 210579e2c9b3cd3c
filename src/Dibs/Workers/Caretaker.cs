using Dibs.Stores;
using Dibs.Telemetry;
using Microsoft.Extensions.Logging;

namespace Dibs.Workers;

/// <summary>Does the chores that any worker can do for all: jobs that became due are admitted, old final ones are pruned.</summary>
internal sealed class Caretaker(IJobStore store, Incarnation incarnation, Retention retention, Surroundings surroundings, ILogger logger)
{
    /// <summary>What a lost hint costs at most.</summary>
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    public async Task RunAsync(CancellationToken stop)
    {
        using var wakeUp = store.Listen(new WakeFilter { Scheduled = true });
        while (true)
            await wakeUp.WaitAsync(await TendAsync(stop), stop);
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
            var poll = surroundings.Jitter(PollInterval);
            return reply.DueIn < poll ? reply.DueIn.Value : poll;
        }
        catch (StoreException exception)
        {
            logger.StepFailed(incarnation.Name, "chores", exception.Message);
            return surroundings.Jitter(PollInterval);
        }
    }
}
