using Dibs.Sqlite.Raw;
using Dibs.Stores;

namespace Dibs.Sqlite.Steps;

/// <summary>The hot part of a job, as a step reads and changes it. Every change is written at once by a statement of its own.</summary>
internal sealed class JobRow
{
    /// <summary>Order of creation; 0 before the job is stored.</summary>
    public long Seq { get; set; }

    public required string Id { get; init; }
    public required JobState State { get; set; }
    public required string Queue { get; init; }
    public required int Priority { get; init; }
    public string? Method { get; init; }

    /// <summary>Number of its reservations.</summary>
    public required int Reserves { get; init; }

    /// <summary>Jobs that have to tell it of their end.</summary>
    public int Dependencies { get; set; }

    /// <summary>0 while it has none.</summary>
    public long Ticket { get; set; }

    public int Blockers { get; set; }
    public int Attempt { get; init; }
    public long Fence { get; init; }

    /// <summary>The incarnation that runs it.</summary>
    public long? Worker { get; init; }

    public string? WorkerName { get; init; }

    /// <summary>Heartbeats in a row that did not name the running attempt.</summary>
    public int Unnamed { get; init; }

    public OnWorkerLost OnWorkerLost { get; init; }

    /// <summary>How often it was lost with its worker or job host.</summary>
    public int Losses { get; init; }

    public long? RunAt { get; init; }
    public long? AdmittedAt { get; set; }
    public long? ReadyAt { get; set; }

    public AttemptKey Key => new(Id, Attempt, Fence);

    public EndingJob Ending => new(State == JobState.Canceling, OnWorkerLost, Losses, WorkerName!);

    public long? ReadyKey => ReadyAt is { } readyAt ? StoreTime.ReadyKey(readyAt, Priority) : null;

    /// <summary>Reads the hot columns in the order in which all statements name them.</summary>
    public static JobRow Read(Statement row) => new()
    {
        Seq = row.Int64(0),
        Id = row.Text(1),
        State = (JobState)row.Int32(2),
        Queue = row.Text(3),
        Priority = row.Int32(4),
        Method = row.TextOrNull(5),
        Reserves = row.Int32(6),
        Dependencies = row.Int32(7),
        Ticket = row.Int64(8),
        Blockers = row.Int32(9),
        Attempt = row.Int32(10),
        Fence = row.Int64(11),
        Worker = row.Int64OrNull(12),
        WorkerName = row.TextOrNull(13),
        Unnamed = row.Int32(14),
        RunAt = row.Int64OrNull(15),
        AdmittedAt = row.Int64OrNull(16),
        ReadyAt = row.Int64OrNull(17),
        OnWorkerLost = (OnWorkerLost)row.Int32(18),
        Losses = row.Int32(19),
    };
}
