namespace Dibs.Workers;

/// <summary>How much of the lease has passed, counted from the sending of the last heartbeat that was answered.</summary>
internal sealed class Lease(TimeSpan length, TimeProvider time)
{
    private long _answered = time.GetTimestamp();
    private long _sent;

    public TimeSpan Length { get; } = length;

    public TimeSpan Elapsed => time.GetElapsedTime(Volatile.Read(ref _answered));

    /// <summary>Heartbeats sent so far.</summary>
    public long Sent => Volatile.Read(ref _sent);

    /// <summary>A heartbeat is being sent; call <see cref="Answered"/> with what this returns when its answer comes.</summary>
    public long Send()
    {
        Interlocked.Increment(ref _sent);
        return time.GetTimestamp();
    }

    public void Answered(long sentAt) => Volatile.Write(ref _answered, sentAt);
}
