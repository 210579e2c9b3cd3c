using Dibs.Sqlite.Raw;
using Dibs.Stores;

namespace Dibs.Sqlite.Steps;

/// <summary>An incarnation during one step.</summary>
internal sealed record WorkerRow(long Number, string Incarnation, string Name, long Beat, long Claims, long? Exchange, WorkerRequest Asked)
{
    public static WorkerRow? Find(Step step, string incarnation)
    {
        using var row = step.Sql.Use(Sql.WorkerLoad).Bind(step.Ns).Bind(incarnation);
        return row.Step() ? new WorkerRow(row.Int64(0), incarnation, row.Text(1), row.Int64(2), row.Int64(3), row.Int64OrNull(4), (WorkerRequest)row.Int32(5)) : null;
    }

    public List<string> Queues(Connection sql)
    {
        var queues = new List<string>();
        using var row = sql.Use(Sql.WorkerQueues).Bind(Number);
        while (row.Step())
            queues.Add(row.Text(0));
        return queues;
    }

    /// <summary>The jobs it runs, in the order of their claims.</summary>
    public List<JobRow> Jobs(Connection sql)
    {
        var jobs = new List<JobRow>();
        using var row = sql.Use(Sql.JobsRunning).Bind(Number);
        while (row.Step())
            jobs.Add(JobRow.Read(row));
        return jobs;
    }
}
