using System.Globalization;
using Dibs.Sqlite.Raw;
using Dibs.Stores;

namespace Dibs.Sqlite.Reading;

/// <summary>
/// Recomputes derived data from the truth, a part in each step: first the resources by name, then the jobs by number, then
/// the counts. Each step looks at one consistent view, so whatever differs in it is a drift.
/// </summary>
internal sealed class Verifier
{
    private const int ResourcesPerStep = 100;
    private const int JobsPerStep = 500;
    private const string ResourceCursor = "resource:";
    private const string JobCursor = "job:";

    private readonly Connection _sql;
    private readonly long _ns;
    private readonly Repairer? _repairer;
    private readonly List<Drift> _drifts = [];
    private int _checked;

    private Verifier(Connection sql, long ns, Repairer? repairer) => (_sql, _ns, _repairer) = (sql, ns, repairer);

    /// <summary>One step from the cursor; what differs is set right if there is a repairer.</summary>
    public static VerifyReply Run(Connection sql, long ns, string? cursor, Repairer? repairer)
    {
        var verifier = new Verifier(sql, ns, repairer);
        var next = cursor is not null && cursor.StartsWith(JobCursor, StringComparison.Ordinal)
            ? verifier.VerifyJobs(long.Parse(cursor.AsSpan(JobCursor.Length), CultureInfo.InvariantCulture))
            : verifier.VerifyResources(cursor?[ResourceCursor.Length..] ?? "");
        return new VerifyReply(verifier._drifts, verifier._checked, next);
    }

    private string VerifyResources(string name)
    {
        for (; _checked < ResourcesPerStep; _checked++)
        {
            if (NextResource(name) is not { } next)
                return $"{JobCursor}0";
            VerifyResource(name = next);
        }
        return $"{ResourceCursor}{name}";
    }

    private string? NextResource(string name)
    {
        using var row = _sql.Use(Sql.VerifyResourceNext).Bind(_ns).Bind(name);
        return row.Step() ? row.TextOrNull(0) : null;
    }

    private void VerifyResource(string name)
    {
        var (held, waiting) = Expected(name);
        var isStored = ReadResource(name) is not null;
        var stored = ReadResource(name) ?? (Held: 0, Waiting: 0);
        var clean = Compare("resource", name, isStored ? "stored" : "not stored", held != 0 || waiting > 0 ? "stored" : "not stored")
            & Compare("held", name, stored.Held, held)
            & Compare("resource", name, stored.Waiting, waiting);
        if (!clean)
            _repairer?.SetResource(name, held, waiting);

        var resource = new Steps.Resources(_sql, _ns).Find(name);
        var fits = waiting > 0 && new Steps.ResourceRow(name) { Held = held, Capacity = resource.Capacity }.Fits(HeadMode(name));
        if (!Compare("pending", name, resource.Pending != 0, fits))
            _repairer?.SetPending(name, resource.Pending, fits);
    }

    private (int Held, int Waiting) Expected(string name)
    {
        using var row = _sql.Use(Sql.VerifyPlaces).Bind(_ns).Bind(name);
        _ = row.Step();
        return (row.Int32(1) > 0 ? -row.Int32(0) : row.Int32(0), row.Int32(2));
    }

    private (int Held, int Waiting)? ReadResource(string name)
    {
        using var row = _sql.Use(Sql.ResourceRead).Bind(_ns).Bind(name);
        return row.Step() ? (row.Int32(0), row.Int32(1)) : null;
    }

    private ReservationMode HeadMode(string name)
    {
        using var row = _sql.Use(Sql.LineFirst).Bind(_ns).Bind(name);
        return row.Step() ? (ReservationMode)row.Int32(2) : ReservationMode.Exclusive;
    }

    private string? VerifyJobs(long seq)
    {
        var jobs = ReadJobs(seq);
        foreach (var job in jobs)
            VerifyJob(job);
        _checked = jobs.Count;
        if (jobs.Count == JobsPerStep)
            return string.Create(CultureInfo.InvariantCulture, $"{JobCursor}{jobs[^1].Seq}");
        VerifyTallies();
        return null;
    }

    private void VerifyJob(DerivedJob job)
    {
        var clean = Compare("blockers", job.Id, job.Blockers, job.Waiting)
            & Compare("dependencies", job.Id, job.Dependencies, job.Untold)
            & (job.State != JobState.Ready || Compare("ready", job.Id, job.ReadyKey, job.ExpectedReadyKey));
        if (!clean)
            _repairer?.SetJob(job.Seq, job.Waiting, job.Untold, job.ExpectedReadyKey);
        if (!Compare("pending", job.Id, job.Pending is not null, job.HasDependents))
            _repairer?.SetPending(job.Seq, job.HasDependents);
    }

    private List<DerivedJob> ReadJobs(long seq)
    {
        var jobs = new List<DerivedJob>();
        using var row = _sql.Use(Sql.VerifyJobs).Bind(_ns).Bind(seq).Bind(JobsPerStep);
        while (row.Step())
        {
            jobs.Add(new DerivedJob(row.Int64(0), row.Text(1), (JobState)row.Int32(2), row.Int32(3), row.Int32(4), row.Int32(5), row.Int32(6), row.Int64OrNull(7),
                row.Int64OrNull(8) is { } readyAt ? StoreTime.ReadyKey(readyAt, row.Int32(9)) : null, row.Int64OrNull(10), row.Boolean(11)));
        }
        return jobs;
    }

    private void VerifyTallies()
    {
        var wrong = new List<(string Queue, JobState State, long Stored, long Counted)>();
        using (var row = _sql.Use(Sql.VerifyTallies).Bind(_ns))
        {
            while (row.Step())
                wrong.Add((row.Text(0), (JobState)row.Int32(1), row.Int64(2), row.Int64(3)));
        }
        foreach (var (queue, state, stored, counted) in wrong)
        {
            Compare("counts", $"{queue} {state.ToText()}", stored, counted);
            _repairer?.AddToTally(queue, state, counted - stored);
        }
    }

    private bool Compare<T>(string kind, string subject, T stored, T expected)
    {
        if (EqualityComparer<T>.Default.Equals(stored, expected))
            return true;
        _drifts.Add(new Drift(kind, subject, Convert.ToString(stored, CultureInfo.InvariantCulture) ?? "", Convert.ToString(expected, CultureInfo.InvariantCulture) ?? ""));
        return false;
    }

    /// <summary>What is derived of a job, as stored, and as the truth says.</summary>
    private sealed record DerivedJob(long Seq, string Id, JobState State, int Blockers, int Waiting, int Dependencies, int Untold, long? ReadyKey, long? ExpectedReadyKey, long? Pending, bool HasDependents);
}
