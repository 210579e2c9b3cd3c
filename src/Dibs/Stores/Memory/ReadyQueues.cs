namespace Dibs.Stores.Memory;

/// <summary>The ready jobs of every queue, in the order in which they are claimed.</summary>
internal sealed class ReadyQueues
{
    private static readonly Comparer<MemoryJob> Order = Comparer<MemoryJob>.Create(static (a, b) =>
        a.ReadyKey.CompareTo(b.ReadyKey) is var byKey && byKey != 0 ? byKey : a.Ticket.CompareTo(b.Ticket));

    private readonly Dictionary<string, SortedSet<MemoryJob>> _queues = new(StringComparer.Ordinal);

    public IEnumerable<MemoryJob> In(string queue) => _queues.TryGetValue(queue, out var jobs) ? jobs : [];

    public MemoryJob? First(string queue) => _queues.TryGetValue(queue, out var jobs) ? jobs.Min : null;

    public void Add(MemoryJob job)
    {
        if (!_queues.TryGetValue(job.Source.Queue, out var jobs))
            _queues.Add(job.Source.Queue, jobs = new SortedSet<MemoryJob>(Order));
        jobs.Add(job);
    }

    /// <summary>Takes a ready job out. Call it while the job still has its ticket: the ticket is part of the order.</summary>
    public void Remove(MemoryJob job)
    {
        var jobs = _queues[job.Source.Queue];
        jobs.Remove(job);
        if (jobs.Count == 0)
            _queues.Remove(job.Source.Queue);
    }

    public bool Contains(MemoryJob job) => job.ReadyAt is not null && _queues.TryGetValue(job.Source.Queue, out var jobs) && jobs.Contains(job);

    /// <summary>The job to claim next: of the first queue that has one, or with <paramref name="fair"/> the smallest of all of them.</summary>
    public MemoryJob? Next(IReadOnlyList<string> queues, bool fair)
    {
        MemoryJob? best = null;
        foreach (var queue in queues)
        {
            var first = First(queue);
            if (first is null)
                continue;
            if (!fair)
                return first;
            if (best is null || Order.Compare(first, best) < 0)
                best = first;
        }
        return best;
    }

    public bool Any(IReadOnlyList<string> queues)
    {
        foreach (var queue in queues)
        {
            if (_queues.ContainsKey(queue))
                return true;
        }
        return false;
    }
}
