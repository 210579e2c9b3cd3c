namespace Dibs.Workers;

/// <summary>How much of the lease has passed, counted from the sending of the last heartbeat that was answered.</summary>
internal sealed class Lease(TimeSpan length, TimeProvider time)
{
    private long _answered = time.GetTimestamp();
    private long _sent;
    private long? _countedAt;
    private long _lastAnswered;

    public TimeSpan Length { get; } = length;

    /// <summary>When the jobs of the worker are asked to stop.</summary>
    public TimeSpan StopAt => Length * 2 / 3;

    /// <summary>When what can be killed is killed.</summary>
    public TimeSpan KillAt => Length * 5 / 6;

    public TimeSpan Elapsed => time.GetElapsedTime(Volatile.Read(ref _answered));

    /// <summary>Heartbeats sent so far that count.</summary>
    public long Sent => Volatile.Read(ref _sent);

    /// <summary>Number of the last heartbeat that counts and was answered. Later ones may reach the store at any time, or not at all.</summary>
    public long LastAnswered => Volatile.Read(ref _lastAnswered);

    /// <summary>A heartbeat is being sent; call <see cref="Answered"/> with what this returns when its answer comes.</summary>
    /// <param name="spacing">One that is sent sooner after one that counts does not count itself: a claim on its way may cross both.</param>
    public SentHeartbeat Send(TimeSpan spacing)
    {
        var now = time.GetTimestamp();
        if (_countedAt is { } last && time.GetElapsedTime(last, now) < spacing)
            return new SentHeartbeat(null, now);
        _countedAt = now;
        return new SentHeartbeat(Interlocked.Increment(ref _sent), now);
    }

    public void Answered(SentHeartbeat heartbeat)
    {
        if (heartbeat.Number is { } number)
            Volatile.Write(ref _lastAnswered, number);
        Volatile.Write(ref _answered, heartbeat.At);
    }
}

/// <summary>A heartbeat on its way.</summary>
/// <param name="Number">Among those that count, from 1; none for one that does not.</param>
/// <param name="At">Timestamp of its sending.</param>
internal readonly record struct SentHeartbeat(long? Number, long At);
