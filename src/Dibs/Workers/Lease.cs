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

    /// <summary>The timestamp of <see cref="KillAt"/>, unless another heartbeat is answered.</summary>
    public long GoodUntil => Volatile.Read(ref _answered) + (long)(KillAt.TotalSeconds * time.TimestampFrequency);

    /// <summary>Heartbeats sent so far that count.</summary>
    public long Sent => Volatile.Read(ref _sent);

    /// <summary>How many heartbeats that count had been sent, with the last one that was answered. Later ones may reach the store at any time, or not at all.</summary>
    public long LastAnswered => Volatile.Read(ref _lastAnswered);

    /// <summary>A heartbeat is being sent; call <see cref="Answered"/> with what this returns when its answer comes.</summary>
    /// <param name="spacing">One that is sent sooner after one that counts does not count itself: a claim on its way may cross both.</param>
    public SentHeartbeat Send(TimeSpan spacing)
    {
        var now = time.GetTimestamp();
        var counts = _countedAt is not { } last || time.GetElapsedTime(last, now) >= spacing;
        if (counts)
        {
            _countedAt = now;
            Interlocked.Increment(ref _sent);
        }
        return new SentHeartbeat(Sent, now, counts);
    }

    /// <summary>The worker was made known by a step that was sent then: its beat stands from later on.</summary>
    public void Begin(long sentAt) => Volatile.Write(ref _answered, sentAt);

    public void Answered(SentHeartbeat heartbeat)
    {
        Volatile.Write(ref _lastAnswered, heartbeat.Number);
        Volatile.Write(ref _answered, heartbeat.At);
    }
}

/// <summary>A heartbeat on its way.</summary>
/// <param name="Number">How many that count had been sent, itself included.</param>
/// <param name="At">Timestamp of its sending.</param>
/// <param name="Counts">Whether it counts among those that must name a claim.</param>
internal readonly record struct SentHeartbeat(long Number, long At, bool Counts);
