using Dibs.Sqlite.Raw;
using Dibs.Sqlite.Steps;
using Dibs.Stores;

namespace Dibs.Sqlite.Reading;

/// <summary>Reads why a job is not running.</summary>
internal static class WhyReader
{
    public static WhyRecord? Why(View view, string id) => WhyAnswer.Compose(id, StoreTime.FromMicroseconds(view.Now), other => Facts(view, other));

    private static WhyFacts? Facts(View view, string id)
    {
        if (WaitingJob.Find(view, id) is not { } job)
            return null;
        return new WhyFacts(id, job.State, job.Reason, job.Worker, job.Times.Since(job.State), Causes(view, job))
        {
            Queue = job.State == JobState.Ready ? Queue(view, job) : null,
            Attempt = job.Attempt,
        };
    }

    private static List<WhyCause> Causes(View view, WaitingJob job) => job.State switch
    {
        JobState.Scheduled => [new WhyCause { Kind = "scheduled", RunAt = StoreTime.FromMicroseconds(job.RunAt) }, .. Dependencies(view, job)],
        JobState.Blocked => Blocked(view, job),
        JobState.Ready or JobState.Running or JobState.Canceling or JobState.Completed or JobState.Failed or JobState.Canceled => [],
    };

    private static List<WhyCause> Dependencies(View view, WaitingJob job)
    {
        var causes = new List<WhyCause>();
        using var row = view.Sql.Use(Sql.DependenciesUnended).Bind(job.Seq);
        while (row.Step())
            causes.Add(new WhyCause { Kind = "dependency", Id = row.Text(0), State = (JobState)row.Int32(1) });
        return causes;
    }

    /// <summary>Where nothing else keeps the job back, pending work does: all it comes after has ended, or it is first in line and fits.</summary>
    private static List<WhyCause> Blocked(View view, WaitingJob job)
    {
        var causes = job.Ticket is { } ticket ? Reservations(view, job, ticket, out var advancing) : Dependencies(view, job, out advancing);
        if (advancing)
            causes.Add(new WhyCause { Kind = "advancing" });
        return causes;
    }

    private static List<WhyCause> Dependencies(View view, WaitingJob job, out bool advancing)
    {
        var causes = Dependencies(view, job);
        advancing = causes.Count == 0;
        return causes;
    }

    private static List<WhyCause> Reservations(View view, WaitingJob job, long ticket, out bool advancing)
    {
        var causes = new List<WhyCause>();
        advancing = false;
        var resources = new Resources(view.Sql, view.Ns);
        foreach (var (name, mode) in Waiting(view, job.Seq))
        {
            var resource = resources.Find(name);
            var head = resources.Head(resource);
            if (head.Job == job.Seq && resource.Fits(mode))
            {
                advancing = true;
                continue;
            }
            causes.Add(new WhyCause
            {
                Kind = "reservation",
                Resource = name,
                Mode = mode,
                Ahead = (int)view.Sql.Use(Sql.LineAhead).Bind(view.Ns).Bind(name).Bind(ticket).Bind(Limits.AheadCounted).Scalar()!.Value,
                Holders = Places.Holders(view, name),
                HolderCount = resource.Holders,
                Next = Places.Line(view, name)[0].Id,
            });
        }
        return causes;
    }

    private static List<(string Resource, ReservationMode Mode)> Waiting(View view, long seq)
    {
        var waiting = new List<(string, ReservationMode)>();
        using var row = view.Sql.Use(Sql.ReservationsOf).Bind(seq);
        while (row.Step())
        {
            if (!row.Boolean(3))
                waiting.Add((row.Text(0), (ReservationMode)row.Int32(1)));
        }
        return waiting;
    }

    private static WhyQueue Queue(View view, WaitingJob job)
    {
        var ahead = view.Sql.Use(Sql.ReadyAhead).Bind(view.Ns).Bind(job.Queue).Bind(job.ReadyKey).Bind(job.Ticket).Bind(Limits.AheadCounted).Scalar();
        var servers = new List<WhyServer>();
        using var row = view.Sql.Use(Sql.QueueServers).Bind(view.Ns).Bind(job.Queue);
        while (row.Step())
            servers.Add(new WhyServer(row.Text(0), row.Int32(1), row.Int32(2), Surveyor.Ids(row.Text(3)).Length, Heard(row, 4)));
        return new WhyQueue(job.Queue, (int)ahead!.Value, servers.Count, servers);
    }

    /// <summary>Of the time of a heartbeat, and the lease behind it.</summary>
    private static LastHeard Heard(Statement row, int column) => new(StoreTime.FromMicroseconds(row.Int64(column)), TimeSpan.FromMicroseconds(row.Int64(column + 1)));

    /// <summary>What of a job tells why it is where it is.</summary>
    private sealed record WaitingJob(long Seq, JobState State, string? Reason, string? Worker, string Queue, long? Ticket, long? ReadyKey, long? RunAt, JobTimes Times, WhyAttempt? Attempt)
    {
        public static WaitingJob? Find(View view, string id)
        {
            using var row = view.Sql.Use(Sql.WhyRead).Bind(view.Ns).Bind(id);
            return !row.Step() ? null : new WaitingJob(row.Int64(0), (JobState)row.Int32(1), row.TextOrNull(2), row.TextOrNull(3), row.Text(4), row.Int64OrNull(5),
                row.Int64OrNull(6), row.Int64OrNull(8),
                new JobTimes(row.Int64(7), row.Int64OrNull(9), row.Int64OrNull(10), row.Int64OrNull(11), row.Int64OrNull(12), row.Int64OrNull(13)),
                row.Int32OrNull(14) is { } isolation ? new WhyAttempt((Isolation)isolation, row.TextOrNull(18), row.Blob(17), Heard(row, 15)) : null);
        }
    }
}
