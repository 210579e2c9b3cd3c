using Dibs.Sqlite.Raw;
using Dibs.Stores;

namespace Dibs.Sqlite.Steps;

/// <summary>The step of <see cref="IJobStore.ReportAsync"/>.</summary>
internal static class Reporter
{
    /// <returns>How many reports were of running attempts.</returns>
    public static int Run(Step step, IReadOnlyList<JobReport> reports)
    {
        var applied = 0;
        foreach (var report in reports)
        {
            if (step.FindRunning(report.Key) is not { } job)
                continue;
            Apply(step.Sql, job.Seq, report);
            applied++;
        }
        return applied;
    }

    private static void Apply(Connection sql, long job, JobReport report)
    {
        foreach (var phase in report.Progress)
        {
            sql.Use(Sql.ProgressSet).Bind(job).Bind(phase.Code).Bind(phase.Message).Bind(phase.Done).Bind(phase.Total).Bind(phase.State).Bind(phase.Suffix)
                .Bind(Limits.ProgressReports).Run();
        }
        foreach (var name in report.Created)
            sql.Use(Sql.CreatedAdd).Bind(job).Bind(name).Bind(Limits.CreatedResources).Run();
        if (report.Lines.Count > 0)
            ApplyLines(sql, job, report);
    }

    private static void ApplyLines(Connection sql, long job, JobReport report)
    {
        var attempt = report.Key.Attempt;
        var last = sql.Use(Sql.LogLast).Bind(job).Bind(attempt).Scalar();
        if (last is null)
            sql.Use(Sql.LogDeleteBefore).Bind(job).Bind(attempt).Run();
        var next = last + 1 ?? 0;
        var known = (int)Math.Clamp(next - report.FirstLine, 0, report.Lines.Count);
        for (var i = known; i < report.Lines.Count; i++)
        {
            sql.Use(Sql.LogInsert).Bind(job).Bind(attempt).Bind(report.FirstLine + i)
                .Bind(report.Lines[i].At.UtcTicks).Bind(report.Lines[i].Text).Run();
        }
        if (report.FirstKeptLine > 0)
            sql.Use(Sql.LogForget).Bind(job).Bind(attempt).Bind(report.FirstKeptLine).Run();
        if (report.FirstLine + report.Lines.Count > Limits.LogLines)
            sql.Use(Sql.LogTrim).Bind(job).Bind(attempt).Bind(Limits.LogLines).Run();
    }
}
