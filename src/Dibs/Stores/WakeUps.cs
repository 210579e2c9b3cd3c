namespace Dibs.Stores;

/// <summary>What a step made happen that somebody may wait for.</summary>
public sealed class Hints
{
    /// <summary>Queues in which a job became ready.</summary>
    public HashSet<string> Queues { get; } = new(StringComparer.Ordinal);

    /// <summary>Incarnations with an attempt that was asked to stop or was ended by others.</summary>
    public HashSet<string> Incarnations { get; } = new(StringComparer.Ordinal);

    /// <summary>Jobs that became final.</summary>
    public HashSet<string> Jobs { get; } = new(StringComparer.Ordinal);

    /// <summary>A job was stored that is due later.</summary>
    public bool Scheduled { get; set; }

    /// <summary>Nothing happened that anybody waits for.</summary>
    public bool IsEmpty => Queues.Count == 0 && Incarnations.Count == 0 && Jobs.Count == 0 && !Scheduled;

    /// <summary>Takes over what another step made happen.</summary>
    public void Add(Hints other)
    {
        Queues.UnionWith(other.Queues);
        Incarnations.UnionWith(other.Incarnations);
        Jobs.UnionWith(other.Jobs);
        Scheduled |= other.Scheduled;
    }

    /// <summary>Whether a listener with this filter waits for something of this.</summary>
    public bool Concern(WakeFilter filter) =>
        (Scheduled && filter.Scheduled)
        || (filter.JobId is not null && Jobs.Contains(filter.JobId))
        || (filter.Incarnation is not null && Incarnations.Contains(filter.Incarnation))
        || (Queues.Count > 0 && filter.Queues.Any(Queues.Contains));
}

/// <summary>The listeners of one store in this process, each with a memory of one hint.</summary>
/// <param name="time">By which waits end.</param>
public sealed class WakeUps(TimeProvider time)
{
    private readonly Lock _lock = new();
    private WakeUp[] _listeners = [];

    /// <summary>Adds a listener, for one waiter at a time. It leaves when it is disposed.</summary>
    public IWakeUp Listen(WakeFilter filter)
    {
        var listener = new WakeUp(this, filter, time);
        lock (_lock)
            _listeners = [.. _listeners, listener];
        return listener;
    }

    /// <summary>Wakes those whom the hints concern. Call it after the step is stored, outside of any lock.</summary>
    public void Wake(Hints hints)
    {
        if (hints.IsEmpty)
            return;
        foreach (var listener in Volatile.Read(ref _listeners))
        {
            if (hints.Concern(listener.Filter))
                listener.Wake();
        }
    }

    /// <summary>Wakes those whose filter is chosen, for hints from elsewhere.</summary>
    public void Wake(Func<WakeFilter, bool> concern)
    {
        foreach (var listener in Volatile.Read(ref _listeners))
        {
            if (concern(listener.Filter))
                listener.Wake();
        }
    }

    /// <summary>Wakes everybody, for a hint from elsewhere that does not say more.</summary>
    public void WakeAll()
    {
        foreach (var listener in Volatile.Read(ref _listeners))
            listener.Wake();
    }

    private void Remove(WakeUp listener)
    {
        lock (_lock)
            _listeners = [.. _listeners.Where(other => other != listener)];
    }

    private sealed class WakeUp(WakeUps owner, WakeFilter filter, TimeProvider time) : IWakeUp
    {
        private readonly Signal _signal = new(time);

        public WakeFilter Filter { get; } = filter;

        public void Wake() => _signal.Set();

        public ValueTask<bool> WaitAsync(TimeSpan atMost, CancellationToken cancellationToken) => _signal.WaitAsync(atMost, cancellationToken);

        public void Dispose() => owner.Remove(this);
    }
}
