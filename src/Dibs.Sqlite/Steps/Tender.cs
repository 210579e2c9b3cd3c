using Dibs.Sqlite.Raw;
using Dibs.Stores;

namespace Dibs.Sqlite.Steps;

/// <summary>The step of <see cref="IJobStore.TendAsync"/>: promotes what is due, prunes, works on what is pending.</summary>
internal static class Tender
{
    public static TendReply Run(Step step, Retention retention)
    {
        var spent = 0;
        var (promoted, pruned) = (0, 0);
        for (; spent < Limits.UnitsPerStep && step.NextDue() is { } due; spent++, promoted++)
            Promote(step, step.GetJob(due));
        var finals = step.Sql.Use(Sql.FinalCount).Bind(step.Ns).Scalar()!.Value;
        for (; spent < Limits.UnitsPerStep && NextToPrune(step, retention, finals - pruned) is { } old; spent++, pruned++)
            Prune(step, step.GetJob(old));
        step.Heart.Work(Limits.UnitsPerStep - spent);
        var next = step.Sql.Use(Sql.DueNext).Bind(step.Ns).Scalar();
        var more = step.More || step.NextDue() is not null || NextToPrune(step, retention, finals - pruned) is not null;
        return new TendReply(promoted, pruned, next is { } at ? TimeSpan.FromMicroseconds(Math.Max(0, at - step.Now)) : null, more);
    }

    private static void Promote(Step step, JobRow job)
    {
        step.Move(job, JobState.Blocked);
        if (job.Dependencies > 0)
            step.Sql.Use(Sql.JobDue).Bind(job.Seq).Run();
        else
            step.Heart.AdmitIfPossible(job);
    }

    private static long? NextToPrune(Step step, Retention retention, long finals)
    {
        var recent = step.Now - (long)Retention.Minimum.TotalMicroseconds;
        var old = Math.Min(recent, step.Now - (long)retention.Age.TotalMicroseconds);
        return step.Sql.Use(Sql.FinalFirst).Bind(step.Ns).Bind(finals > retention.Count ? recent : old).Scalar();
    }

    private static void Prune(Step step, JobRow job)
    {
        foreach (var prerequisite in Untold(step, job.Seq))
        {
            step.Sql.Use(Sql.DependencyTold).Bind(job.Seq).Bind(prerequisite).Run();
            if (step.Sql.Use(Sql.DependentFirst).Bind(prerequisite).Scalar() is null)
                step.Sql.Use(Sql.PendingDeleteJob).Bind(prerequisite).Run();
        }
        step.Sql.Use(Sql.JobDelete).Bind(job.Seq).Run();
        step.Tallies.Add(job.Queue, job.State, -1);
    }

    private static List<long> Untold(Step step, long job)
    {
        var untold = new List<long>();
        using var row = step.Sql.Use(Sql.DependenciesOf).Bind(job);
        while (row.Step())
        {
            if (row.Int64OrNull(1) is { } prerequisite)
                untold.Add(prerequisite);
        }
        return untold;
    }
}
