using Dibs.Sqlite.Raw;
using Dibs.Stores;

namespace Dibs.Sqlite.Steps;

/// <summary>The counters of a namespace during one step: read at its beginning, written at its end if they moved.</summary>
internal sealed class Counters
{
    private readonly (long, long, long, long) _loaded;

    public Counters(Connection sql, long ns)
    {
        using var row = sql.Use(Sql.CountersLoad).Bind(ns);
        if (!row.Step())
            throw new InvalidOperationException($"Namespace number {ns} is not in the store.");
        Ticket = row.Int64(0);
        Fence = row.Int64(1);
        ReadyAt = row.Int64(2);
        BeatOrder = row.Int64(3);
        LastPending = row.Int64OrNull(4);
        _loaded = (Ticket, Fence, ReadyAt, BeatOrder);
    }

    /// <summary>The last ticket given.</summary>
    public long Ticket { get; set; }

    /// <summary>The last fence given.</summary>
    public long Fence { get; set; }

    /// <summary>The last time at which a job became ready.</summary>
    public long ReadyAt { get; set; }

    /// <summary>The last number of the order of beats.</summary>
    public long BeatOrder { get; set; }

    /// <summary>The last number among the stored entries of pending; null when there are none.</summary>
    public long? LastPending { get; }

    /// <summary>How far the namespace has come.</summary>
    public StoreMark Mark => new(Ticket, Fence);

    public void Save(Connection sql, long ns)
    {
        if (_loaded != (Ticket, Fence, ReadyAt, BeatOrder))
            sql.Use(Sql.CountersSave).Bind(ns).Bind(Ticket).Bind(Fence).Bind(ReadyAt).Bind(BeatOrder).Run();
    }
}
