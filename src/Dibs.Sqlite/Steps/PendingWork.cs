using Dibs.Sqlite.Raw;

namespace Dibs.Sqlite.Steps;

/// <summary>What has work left: a resource whose head of line fits, or an ended job with dependents not told.</summary>
internal readonly record struct PendingEntry(ResourceRow? Resource, long Job);

/// <summary>
/// A set in the order in which its entries came. Most steps empty it again, so entries that a step adds are stored only if
/// they are left at its end; those that steps before it left come first.
/// </summary>
internal sealed class PendingWork(Connection sql, long ns, long? last, Resources resources)
{
    private readonly Queue<(long N, PendingEntry Entry)> _added = new();
    private readonly HashSet<long> _removed = [];
    private readonly long _lastStored = last ?? 0;
    private long _last = last ?? 0;
    private bool _stored = last is not null;

    /// <summary>Whether any work is left.</summary>
    public bool Any
    {
        get
        {
            SkipRemoved();
            return _added.Count > 0 || PeekStored() is not null;
        }
    }

    /// <summary>Puts a resource last if it is not in, or takes it out.</summary>
    public void Set(ResourceRow resource, bool hasWork)
    {
        if (hasWork && resource.Pending == 0)
            _added.Enqueue((resource.Pending = ++_last, new PendingEntry(resource, 0)));
        else if (!hasWork && resource.Pending != 0)
            Remove(resource);
    }

    /// <summary>Puts an ended job last. Call it only for one that is not in.</summary>
    public void Add(long job) => _added.Enqueue((++_last, new PendingEntry(null, job)));

    /// <summary>Takes out the entry that came first.</summary>
    public PendingEntry TakeFirst()
    {
        if (PeekStored() is { } stored)
        {
            sql.Use(Sql.PendingDelete).Bind(ns).Bind(stored.N).Run();
            var entry = stored.Resource is null ? new PendingEntry(null, stored.Job) : new PendingEntry(resources.Find(stored.Resource), 0);
            if (entry.Resource is not null)
                entry.Resource.Pending = 0;
            return entry;
        }
        SkipRemoved();
        var added = _added.Dequeue().Entry;
        if (added.Resource is not null)
            added.Resource.Pending = 0;
        return added;
    }

    public void Save()
    {
        foreach (var (n, (resource, job)) in _added)
        {
            if (!_removed.Contains(n))
                sql.Use(Sql.PendingInsert).Bind(ns).Bind(n).Bind(resource?.Name).Bind(resource is null ? job : null).Run();
        }
    }

    private void Remove(ResourceRow resource)
    {
        if (resource.Pending <= _lastStored)
            sql.Use(Sql.PendingDelete).Bind(ns).Bind(resource.Pending).Run();
        else
            _removed.Add(resource.Pending);
        resource.Pending = 0;
    }

    private void SkipRemoved()
    {
        while (_added.TryPeek(out var first) && _removed.Remove(first.N))
            _added.Dequeue();
    }

    private (long N, string? Resource, long Job)? PeekStored()
    {
        if (!_stored)
            return null;
        using var row = sql.Use(Sql.PendingFirst).Bind(ns);
        if (row.Step())
            return (row.Int64(0), row.TextOrNull(1), row.Int64(2));
        _stored = false;
        return null;
    }
}
