using Dibs.Sqlite.Raw;
using Dibs.Stores;

namespace Dibs.Sqlite.Steps;

/// <summary>
/// One atomic step of a namespace inside a transaction: its time, its counters, and what it gathers to be written at its
/// end. Rows of jobs are written at once.
/// </summary>
internal sealed class Step
{
    public Step(Connection sql, long ns, long now, Hints hints)
    {
        Sql = sql;
        Ns = ns;
        Now = now;
        Hints = hints;
        Counters = new Counters(sql, ns);
        Resources = new Resources(sql, ns);
        Pending = new PendingWork(sql, ns, Counters.LastPending, Resources);
        Tallies = new Tallies();
        Heart = new Heart(this);
    }

    public Connection Sql { get; }

    /// <summary>Number of the namespace.</summary>
    public long Ns { get; }

    /// <summary>The store's time of this step, in microseconds since 1970.</summary>
    public long Now { get; }

    /// <summary>What this step made happen.</summary>
    public Hints Hints { get; }

    public Counters Counters { get; }
    public Resources Resources { get; }
    public PendingWork Pending { get; }
    public Tallies Tallies { get; }
    public Heart Heart { get; }

    public bool More => Pending.Any;

    public JobRow? FindJob(string id)
    {
        using var row = Sql.Use(Raw.Sql.JobById).Bind(Ns).Bind(id);
        return row.Step() ? JobRow.Read(row) : null;
    }

    public JobRow GetJob(long seq)
    {
        using var row = Sql.Use(Raw.Sql.JobBySeq).Bind(seq);
        return row.Step() ? JobRow.Read(row) : throw new InvalidOperationException($"Job number {seq} is not in the store; run repair.");
    }

    /// <summary>The job that runs exactly this attempt, if it does.</summary>
    public JobRow? FindRunning(AttemptKey key) => FindJob(key.JobId) is { } job && job.State.IsRunning() && job.Key == key ? job : null;

    /// <summary>The scheduled job that is due first, if it is due.</summary>
    public long? NextDue() => Sql.Use(Raw.Sql.DueFirst).Bind(Ns).Bind(Now).Scalar();

    /// <summary>Counts a job under its new state. The caller writes the row.</summary>
    public void Move(JobRow job, JobState state)
    {
        Tallies.Add(job.Queue, job.State, -1);
        Tallies.Add(job.Queue, state, 1);
        job.State = state;
    }

    public void Save()
    {
        Resources.Save();
        Pending.Save();
        Tallies.Save(Sql, Ns);
        Counters.Save(Sql, Ns);
    }
}
