using Dibs.Sqlite.Raw;
using Dibs.Stores;

namespace Dibs.Sqlite.Reading;

/// <summary>Reads the state of a whole namespace for people.</summary>
internal static class Surveyor
{
    private const int ResourcesShown = 1000;

    public static Survey Survey(View view, SurveyParts parts)
    {
        var counters = new Steps.Counters(view.Sql, view.Ns);
        return new Survey
        {
            Now = StoreTime.FromMicroseconds(view.Now),
            Ticket = counters.Ticket,
            Pending = (int)view.Sql.Use(Sql.PendingCount).Bind(view.Ns).Scalar()!.Value,
            Queues = parts.HasFlag(SurveyParts.Queues) ? Queues(view) : [],
            Workers = parts.HasFlag(SurveyParts.Workers) ? Workers(view) : [],
            Resources = parts.HasFlag(SurveyParts.Resources) ? Resources(view) : [],
        };
    }

    private static QueueRecord[] Queues(View view)
    {
        var jobs = Rows(view, Sql.Tallies, row => (Queue: row.Text(0), State: (JobState)row.Int32(1), Jobs: row.Int64(2)))
            .ToLookup(tally => tally.Queue, tally => (tally.State, tally.Jobs), StringComparer.Ordinal);
        var workers = Rows(view, Sql.QueuesServed, row => KeyValuePair.Create(row.Text(0), row.Int32(1))).ToDictionary(StringComparer.Ordinal);
        return [.. jobs.Select(queue => queue.Key).Union(workers.Keys).Order(StringComparer.Ordinal).Select(name => new QueueRecord
        {
            Name = name,
            Counts = jobs[name].ToDictionary(tally => tally.State, tally => tally.Jobs),
            Workers = workers.GetValueOrDefault(name),
            OldestReadyAt = StoreTime.FromMicroseconds(view.Sql.Use(Sql.QueueOldestReady).Bind(view.Ns).Bind(name).Scalar()),
        })];
    }

    private static WorkerRecord[] Workers(View view)
    {
        var workers = Rows(view, Sql.Workers, row => (Number: row.Int64(0), Record: new WorkerRecord
        {
            Registration = new WorkerRegistration
            {
                Incarnation = row.Text(1),
                Name = row.Text(2),
                Host = row.Text(3),
                Pid = row.Int32(4),
                Version = row.Text(5),
                Slots = row.Int32(6),
                Lease = TimeSpan.FromMicroseconds(row.Int64(7)),
                Isolation = (Isolation)row.Int32(13),
                Queues = [],
            },
            StartedAt = StoreTime.FromMicroseconds(row.Int64(8)),
            Beat = row.Int64(9),
            BeatAt = StoreTime.FromMicroseconds(row.Int64(10)),
            Memory = row.Int64(11),
            Asked = (WorkerRequest)row.Int32(12),
            Overdue = Ids(row.Text(14)),
            Jobs = [],
        }));
        return [.. workers
            .Select(worker => worker.Record with
            {
                Registration = worker.Record.Registration with { Queues = Rows(view, Sql.WorkerQueues, row => row.Text(0), worker.Number) },
                Jobs = Rows(view, Sql.JobsRunning, row => row.Text(1), worker.Number),
            })
            .OrderBy(worker => worker.Registration.Name, StringComparer.Ordinal)
            .ThenBy(worker => worker.StartedAt)
            .ThenBy(worker => worker.Registration.Incarnation, StringComparer.Ordinal)];
    }

    private static ResourceRecord[] Resources(View view) =>
        [.. Rows(view, Sql.Resources, row => (Name: row.Text(0), Held: row.Int32(1), Waiting: row.Int32(2), Capacity: row.Int32OrNull(3), Since: row.Int64OrNull(4)))
            .OrderBy(resource => resource.Since ?? long.MaxValue)
            .ThenBy(resource => resource.Name, StringComparer.Ordinal)
            .Take(ResourcesShown)
            .Select(resource => new ResourceRecord
            {
                Name = resource.Name,
                Mode = resource.Held switch { < 0 => ReservationMode.Exclusive, 0 => null, > 0 => ReservationMode.Shared },
                Capacity = resource.Capacity,
                Holders = Places.Holders(view, resource.Name),
                HolderCount = Math.Abs(resource.Held),
                Line = Places.Line(view, resource.Name),
                WaitingCount = resource.Waiting,
            })];

    /// <summary>Ids with a blank between them.</summary>
    public static string[] Ids(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static List<T> Rows<T>(View view, SqlText text, Func<Statement, T> read, long? of = null)
    {
        var rows = new List<T>();
        using var row = view.Sql.Use(text).Bind(of ?? view.Ns);
        while (row.Step())
            rows.Add(read(row));
        return rows;
    }
}
