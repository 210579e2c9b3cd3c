using Dibs.Stores;
using Dibs.Telemetry;
using Microsoft.Extensions.Logging;

namespace Dibs.Workers;

/// <summary>
/// Stops a worker before others can take it for dead: at 2/3 of the lease without an answered heartbeat its jobs are asked
/// to stop, at 5/6 what can be killed is killed, and code in this process is reported or the process ends. The same happens
/// at once to attempts that others have ended: a process that was frozen may hear of that before it looks at its lease.
/// </summary>
internal sealed class LeaseGuard(Incarnation incarnation, Slots slots, Lease lease, OnLeaseLost onLeaseLost, Surroundings surroundings, ILogger logger)
{
    private static readonly TimeSpan Resolution = TimeSpan.FromMilliseconds(1);

    public async Task RunAsync(CancellationToken stop)
    {
        var stage = Stage.Safe;
        while (true)
        {
            var elapsed = lease.Elapsed;
            var reached = elapsed >= lease.KillAt ? Stage.Lost : elapsed >= lease.StopAt ? Stage.Lapsing : Stage.Safe;
            if (reached >= Stage.Lapsing)
                StopAll(elapsed, isNew: reached > stage && stage == Stage.Safe);
            if (reached == Stage.Lost)
                KillAll(isNew: reached > stage);
            stage = reached;
            var next = stage switch { Stage.Safe => lease.StopAt, Stage.Lapsing => lease.KillAt, Stage.Lost => elapsed + lease.Length / 6 };
            await surroundings.Delay(next - elapsed + Resolution, stop);
        }
    }

    /// <summary>The store says that these attempts were ended by others, so that what they hold may be in other hands by now.</summary>
    public void Lose(IReadOnlyList<AttemptKey> keys)
    {
        var lost = keys.Select(slots.Find).OfType<RunningAttempt>().Where(attempt => !attempt.Context.KillToken.IsCancellationRequested).ToArray();
        foreach (var attempt in lost)
        {
            logger.AttemptLost(attempt.Key.JobId, attempt.Key.Attempt);
            attempt.Kill();
        }
        EndProcessIfAsked(lost);
    }

    private void StopAll(TimeSpan elapsed, bool isNew)
    {
        var running = slots.Running;
        if (isNew && running.Length > 0)
            logger.LeaseLapses(incarnation.Name, elapsed.TotalSeconds, lease.Length, running.Length);
        foreach (var attempt in running)
            attempt.Stop();
    }

    private void KillAll(bool isNew)
    {
        foreach (var attempt in slots.Running)
            attempt.Kill();
        if (isNew)
            Report();
    }

    private void Report()
    {
        var running = slots.Running;
        EndProcessIfAsked(running);
        foreach (var attempt in running)
            logger.LeaseLostReported(attempt.Key.JobId, attempt.Key.Attempt, incarnation.Name);
    }

    /// <summary>Programs have been killed by now; only code in this process is left to be ended with it.</summary>
    private void EndProcessIfAsked(RunningAttempt[] running)
    {
        var inProcess = running.Count(attempt => attempt.Claim.Method is not null);
        if (onLeaseLost != OnLeaseLost.Exit || inProcess == 0)
            return;
        logger.LeaseLostExit(incarnation.Name, inProcess);
        surroundings.EndProcess();
    }

    private enum Stage
    {
        Safe,
        Lapsing,
        Lost,
    }
}
