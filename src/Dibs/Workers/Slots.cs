using Dibs.Stores;

namespace Dibs.Workers;

/// <summary>The attempts of a worker: those that run, and those that ended and are not settled yet.</summary>
/// <param name="size">How many run at once.</param>
internal sealed class Slots(int size)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<AttemptKey, RunningAttempt> _held = [];
    private readonly Dictionary<AttemptKey, Settlement> _ended = [];

    /// <summary>Attempts that can be claimed now.</summary>
    public int Free
    {
        get
        {
            lock (_lock)
                return Math.Max(0, size - (_held.Count - _ended.Count));
        }
    }

    /// <summary>Nothing runs and nothing is left to settle.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (_lock)
                return _held.Count == 0;
        }
    }

    /// <summary>What the store has running for this worker, as far as it knows: named in every heartbeat.</summary>
    public AttemptKey[] Held
    {
        get
        {
            lock (_lock)
                return [.. _held.Keys];
        }
    }

    /// <summary>The attempts whose code has not ended.</summary>
    public RunningAttempt[] Running
    {
        get
        {
            lock (_lock)
                return [.. _held.Values.Where(Runs)];
        }
    }

    /// <summary>Attempts that are claimed and have not begun.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
                return _held.Values.Count(attempt => Runs(attempt) && !attempt.HasBegun);
        }
    }

    /// <summary>The jobs that take a slot although they were to be gone by now.</summary>
    public string[] Overdue => [.. Running.Where(attempt => attempt.IsOverdue).Select(attempt => attempt.Key.JobId)];

    /// <summary>Attempts whose code has ended and whose outcome the store does not have.</summary>
    public int Unsettled
    {
        get
        {
            lock (_lock)
                return _held.Values.Count(attempt => !Runs(attempt));
        }
    }

    /// <summary>What is to be settled.</summary>
    public Settlement[] Ended
    {
        get
        {
            lock (_lock)
                return [.. _ended.Values.Take(Limits.Slots)];
        }
    }

    public void Add(RunningAttempt attempt)
    {
        lock (_lock)
            _held.Add(attempt.Key, attempt);
    }

    /// <summary>The code ended with this outcome. The first outcome counts: false if there was one.</summary>
    public bool TryEnd(Settlement settlement)
    {
        lock (_lock)
            return _held.ContainsKey(settlement.Key) && _ended.TryAdd(settlement.Key, settlement);
    }

    /// <summary>The attempt if its code has not ended.</summary>
    public RunningAttempt? Find(AttemptKey key)
    {
        lock (_lock)
            return _held.TryGetValue(key, out var attempt) && Runs(attempt) ? attempt : null;
    }

    /// <summary>The store has answered the settlement: the attempt is no longer ours.</summary>
    public void Remove(AttemptKey key)
    {
        lock (_lock)
        {
            _ended.Remove(key);
            _held.Remove(key);
        }
    }

    /// <summary>An attempt that was cut or given back has ended too, whatever its code does.</summary>
    private bool Runs(RunningAttempt attempt) => !attempt.HasEnded && !_ended.ContainsKey(attempt.Key);
}
