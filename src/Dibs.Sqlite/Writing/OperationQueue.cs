namespace Dibs.Sqlite.Writing;

/// <summary>What waits for the writer: urgent operations first, each kind in the order in which it came.</summary>
internal sealed class OperationQueue
{
    private readonly object _lock = new();
    private readonly Queue<Operation> _urgent = new();
    private readonly Queue<Operation> _others = new();
    private bool _closed;

    /// <exception cref="ObjectDisposedException">The store was disposed.</exception>
    public void Add(Operation operation, bool urgent)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(SqliteJobStore));
            (urgent ? _urgent : _others).Enqueue(operation);
            Monitor.Pulse(_lock);
        }
    }

    /// <summary>Waits until something is there; false when the queue was closed and is empty.</summary>
    public bool WaitForAny()
    {
        lock (_lock)
        {
            while (_urgent.Count + _others.Count == 0 && !_closed)
                Monitor.Wait(_lock);
            return _urgent.Count + _others.Count > 0;
        }
    }

    /// <summary>Takes the next one; null when there is none now.</summary>
    public Operation? Take()
    {
        lock (_lock)
            return _urgent.TryDequeue(out var operation) || _others.TryDequeue(out operation) ? operation : null;
    }

    /// <summary>Takes out those that wait longer than <paramref name="atMost"/>.</summary>
    public List<Operation> TakeOverdue(TimeSpan atMost)
    {
        var overdue = new List<Operation>();
        lock (_lock)
        {
            foreach (var queue in (ReadOnlySpan<Queue<Operation>>)[_urgent, _others])
            {
                while (queue.TryPeek(out var operation) && TimeProvider.System.GetElapsedTime(operation.QueuedAt) > atMost)
                    overdue.Add(queue.Dequeue());
            }
        }
        return overdue;
    }

    /// <summary>Lets nothing more in; what is in is still done.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
            Monitor.Pulse(_lock);
        }
    }
}
