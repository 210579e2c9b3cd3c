using Dibs.Execution;
using Dibs.Faults;
using Dibs.Stores;
using Dibs.Telemetry;
using Microsoft.Extensions.Logging;

namespace Dibs.Workers;

/// <summary>Runs claimed attempts on their slots: execute, store what was said last, hand the outcome to the next exchange.</summary>
internal sealed class AttemptRunner(IJobExecutor executor, Slots slots, Reporter reporter, TimeSpan cancelGrace, Signal work, Surroundings surroundings, ILogger logger)
{
    /// <summary>Puts a claim into its slot: from now on heartbeats name it.</summary>
    public RunningAttempt Hold(Claim claim)
    {
        var attempt = new RunningAttempt(claim, cancelGrace, reporter.Notice, surroundings, logger);
        slots.Add(attempt);
        return attempt;
    }

    /// <summary>Runs it beside the caller.</summary>
    public void Start(RunningAttempt attempt) => _ = surroundings.Start(() => RunAsync(attempt));

    /// <summary>Gives it back without having run it.</summary>
    public void Return(RunningAttempt attempt)
    {
        slots.TryEnd(Outcomes.Returned(attempt.Key));
        logger.ClaimReturned(attempt.Key.JobId, attempt.Key.Attempt);
    }

    /// <summary>Asks all that run to stop.</summary>
    public void StopAll()
    {
        foreach (var attempt in slots.Running)
            attempt.Stop();
    }

    /// <summary>Kills what can be killed, which settles itself when nothing of it is left, and settles the rest as interrupted although its code still runs. True if there was any.</summary>
    public bool CutAll()
    {
        var running = slots.Running;
        foreach (var attempt in running)
        {
            attempt.Kill();
            if (executor.CanKill(attempt.Claim))
                continue;
            logger.AttemptCut(attempt.Key.JobId, attempt.Key.Attempt);
            slots.TryEnd(Outcomes.Stopped(attempt.Key));
        }
        work.Set();
        return running.Length > 0;
    }

    private async Task RunAsync(RunningAttempt attempt)
    {
        var started = surroundings.Time.GetTimestamp();
        if (logger.IsEnabled(LogLevel.Information))
            logger.AttemptStarted(attempt.Key.JobId, attempt.Key.Attempt, executor.Describe(attempt.Claim));
        FaultPoint.Pass("run.before");
        attempt.Begin();
        var settlement = await executor.ExecuteAsync(attempt.Claim, attempt.Context);
        FaultPoint.Pass(attempt.Context.CancellationToken.IsCancellationRequested ? "cancel.after" : "run.after");
        attempt.End();
        if (attempt.HasTimedOut)
            settlement = Outcomes.TimedOut(settlement, attempt.Timeout!.Value);
        attempt.Context.Close(settlement.Outcome switch
        {
            SettleOutcome.Completed => "completed",
            SettleOutcome.Failed or SettleOutcome.Crashed => "failed",
            SettleOutcome.Stopped or SettleOutcome.Returned => "canceled",
        });
        await reporter.FinishAsync(attempt.Context);
        if (slots.TryEnd(settlement))
            LogEnd(settlement, surroundings.Time.GetElapsedTime(started).TotalSeconds);
        work.Set();
    }

    private void LogEnd(Settlement settlement, double seconds)
    {
        var (id, attempt, _) = settlement.Key;
        switch (settlement.Outcome)
        {
            case SettleOutcome.Completed:
                logger.AttemptCompleted(id, attempt, seconds);
                break;
            case SettleOutcome.Failed or SettleOutcome.Crashed:
                logger.AttemptFailed(id, attempt, settlement.Reason, seconds, settlement.Error?.Message);
                break;
            case SettleOutcome.Stopped or SettleOutcome.Returned:
                logger.AttemptStopped(id, attempt, seconds);
                break;
        }
    }
}
