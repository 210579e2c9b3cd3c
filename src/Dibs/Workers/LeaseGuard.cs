using Dibs.Execution;
using Dibs.Stores;
using Dibs.Telemetry;
using Microsoft.Extensions.Logging;

namespace Dibs.Workers;

/// <summary>
/// Stops a worker before others can take it for dead: at 2/3 of the lease without an answered heartbeat its jobs are asked
/// to stop, at 5/6 what can be killed is killed, and code in this process is reported or the process ends. The same happens
/// to attempts that others have ended, at once: a process that was frozen may hear of that before it looks at its lease. Only
/// those that a store does not know because it came back older have the cancel grace, since nobody claims then.
/// </summary>
internal sealed class LeaseGuard(Incarnation incarnation, Slots slots, IJobExecutor executor, Lease lease, Quarantine quarantine, WorkerOptions options, Surroundings surroundings, ILogger logger)
{
    private static readonly TimeSpan Resolution = TimeSpan.FromMilliseconds(1);
    private readonly Lock _lock = new();
    private readonly Signal _changed = new(surroundings.Time);
    private readonly Dictionary<RunningAttempt, long> _graceSince = [];

    /// <summary>Over before others claim again.</summary>
    private TimeSpan Grace => options.CancelGrace < lease.KillAt ? options.CancelGrace : lease.KillAt;

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
            var next = stage switch { Stage.Safe => lease.StopAt, Stage.Lapsing => lease.KillAt, Stage.Lost => elapsed + lease.Length / 6 } - elapsed;
            var graceLeft = KillForgotten();
            await _changed.WaitAsync((graceLeft < next ? graceLeft.Value : next) + Resolution, stop);
        }
    }

    /// <summary>The store does not have these attempts running for us any more, so that what they hold may be in other hands by now.</summary>
    public void Lose(IReadOnlyList<AttemptKey> keys)
    {
        var lost = keys.Select(slots.Find).OfType<RunningAttempt>().Where(attempt => !attempt.Context.KillToken.IsCancellationRequested).ToArray();
        if (quarantine.IsOn())
            Forget(lost);
        else
            End(lost);
    }

    private void End(RunningAttempt[] lost)
    {
        foreach (var attempt in lost)
        {
            logger.AttemptLost(attempt.Key.JobId, attempt.Key.Attempt);
            attempt.Kill();
        }
        EndProcessIfAsked(lost);
    }

    private void Forget(RunningAttempt[] forgotten)
    {
        foreach (var attempt in forgotten)
        {
            lock (_lock)
            {
                if (!_graceSince.TryAdd(attempt, surroundings.Time.GetTimestamp()))
                    continue;
            }
            logger.AttemptForgotten(attempt.Key.JobId, attempt.Key.Attempt);
            attempt.Stop();
        }
        _changed.Set();
    }

    /// <summary>Kills the forgotten attempts whose grace is over, and says when that of the next one is.</summary>
    private TimeSpan? KillForgotten()
    {
        RunningAttempt[] over;
        TimeSpan? next = null;
        lock (_lock)
        {
            var left = _graceSince.ToDictionary(pair => pair.Key, pair => Grace - surroundings.Time.GetElapsedTime(pair.Value));
            over = [.. left.Where(pair => pair.Value <= TimeSpan.Zero).Select(pair => pair.Key)];
            foreach (var attempt in over)
                _graceSince.Remove(attempt);
            if (_graceSince.Count > 0)
                next = left.Values.Where(time => time > TimeSpan.Zero).Min();
        }
        var running = over.Where(attempt => slots.Find(attempt.Key) == attempt).ToArray();
        foreach (var attempt in running)
            attempt.Kill();
        EndProcessIfAsked(running);
        return next;
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

    /// <summary>What can be killed has been; only code in this process is left to be ended with it.</summary>
    private void EndProcessIfAsked(RunningAttempt[] running)
    {
        var inProcess = running.Count(attempt => !executor.CanKill(attempt.Claim));
        if (options.OnLeaseLost != OnLeaseLost.Exit || inProcess == 0)
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
