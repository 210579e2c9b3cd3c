using Dibs.Sqlite.Raw;
using Dibs.Stores;

namespace Dibs.Sqlite.Steps;

/// <summary>Ends attempts: settled by their worker, or lost with it.</summary>
internal static class AttemptEnder
{
    /// <summary>Ends the attempt that a worker settles; false when that attempt does not run.</summary>
    public static bool Settle(Step step, Settlement settlement)
    {
        if (step.FindRunning(settlement.Key) is not { } job)
            return false;
        End(step, job, Verdict.Of(settlement, job.Ending), settlement.Result, settlement.Exit);
        return true;
    }

    /// <summary>Ends attempts of a worker that is gone, up to the budget of a step, and forgets the worker when none is left.</summary>
    /// <returns>The attempts that were ended, and whether some are left.</returns>
    public static (AttemptKey[] Ended, bool Left) LoseAll(Step step, WorkerRow worker)
    {
        var jobs = worker.Jobs(step.Sql);
        var ended = new AttemptKey[Math.Min(jobs.Count, Limits.UnitsPerStep)];
        for (var i = 0; i < ended.Length; i++)
        {
            ended[i] = jobs[i].Key;
            Lose(step, worker, jobs[i]);
        }
        var left = jobs.Count > ended.Length;
        if (!left)
            step.Sql.Use(Sql.WorkerDelete).Bind(worker.Number).Run();
        return (ended, left);
    }

    public static void Lose(Step step, WorkerRow worker, JobRow job)
    {
        step.Hints.Incarnations.Add(worker.Incarnation);
        End(step, job, Verdict.WorkerLost(job.Ending), result: null, exit: null);
    }

    private static void End(Step step, JobRow job, Verdict verdict, ReadOnlyMemory<byte>? result, ExitRecord? exit)
    {
        if (verdict.AttemptReason != verdict.Reason)
            Keep(step, job, verdict.AttemptReason!, verdict.AttemptError);
        if (verdict.State == JobState.Ready)
        {
            if (verdict.IsRetry)
                step.Heart.BeginAgain(job, verdict.IsLoss ? job.Losses + 1 : job.Losses);
            else
                Return(step, job);
            return;
        }
        if (result is not null || exit is not null || verdict.Error is not null)
            Insert(step, job, verdict.Error, result, exit);
        step.Heart.End(job, verdict.State, verdict.Reason);
    }

    private static void Keep(Step step, JobRow job, string reason, JobError? error) =>
        step.Sql.Use(Sql.AttemptInsert).Bind(job.Seq).Bind(step.Now).Bind(reason).Bind(error?.Type).Bind(error?.Message).Bind(error?.Detail).Run();

    private static void Return(Step step, JobRow job)
    {
        step.Sql.Use(Sql.JobReturn).Bind(job.Seq).Run();
        step.Move(job, JobState.Ready);
        step.Hints.Queues.Add(job.Queue);
    }

    private static void Insert(Step step, JobRow job, JobError? error, ReadOnlyMemory<byte>? result, ExitRecord? exit)
    {
        var statement = step.Sql.Use(Sql.OutcomeInsert).Bind(job.Seq);
        statement = result is { } bytes ? statement.Bind(bytes.Span) : statement.BindNull();
        statement.Bind(exit?.Code).Bind(exit?.Signal).Bind(error?.Type).Bind(error?.Message).Bind(error?.Detail).Run();
    }
}
