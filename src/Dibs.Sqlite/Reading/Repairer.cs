using Dibs.Sqlite.Raw;

namespace Dibs.Sqlite.Reading;

/// <summary>Sets derived data right, inside a step. It touches no truth.</summary>
internal sealed class Repairer(Connection sql, long ns)
{
    public void SetResource(string name, int held, int waiting)
    {
        var capacity = new Steps.Resources(sql, ns).Find(name).Capacity;
        if (held == 0 && waiting == 0)
            sql.Use(Sql.ResourceDelete).Bind(ns).Bind(name).Run();
        else
            sql.Use(Sql.ResourceSave).Bind(ns).Bind(name).Bind(held).Bind(waiting).Bind(capacity).Run();
    }

    public void SetJob(long seq, int blockers, int dependencies, long? readyKey) =>
        sql.Use(Sql.RepairJob).Bind(seq).Bind(blockers).Bind(dependencies).Bind(readyKey).Run();

    /// <param name="name">The resource.</param>
    /// <param name="n">Its number among the pending, 0 if it is not among them.</param>
    /// <param name="hasWork">Whether it should be.</param>
    public void SetPending(string name, long n, bool hasWork)
    {
        if (hasWork)
            sql.Use(Sql.PendingInsert).Bind(ns).Bind(NextPending()).Bind(name).BindNull().Run();
        else
            sql.Use(Sql.PendingDelete).Bind(ns).Bind(n).Run();
    }

    /// <param name="job">The ended job.</param>
    /// <param name="hasWork">Whether it should be among the pending.</param>
    public void SetPending(long job, bool hasWork)
    {
        if (hasWork)
            sql.Use(Sql.PendingInsert).Bind(ns).Bind(NextPending()).BindNull().Bind(job).Run();
        else
            sql.Use(Sql.PendingDeleteJob).Bind(job).Run();
    }

    public void AddToTally(string queue, JobState state, long difference)
    {
        sql.Use(Sql.TallyAdd).Bind(ns).Bind(queue).Bind((int)state).Bind(difference).Run();
        sql.Use(Sql.TallyDrop).Bind(ns).Bind(queue).Bind((int)state).Run();
    }

    private long NextPending() => (new Steps.Counters(sql, ns).LastPending ?? 0) + 1;
}
