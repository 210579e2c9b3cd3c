namespace Dibs.Stores;

/// <summary>Times of a store are whole microseconds since 1970-01-01 UTC.</summary>
public static class StoreTime
{
    /// <summary>How much earlier a job of priority n + 1 is claimed than one of priority n that became ready at the same time.</summary>
    public static TimeSpan PerPriority { get; } = TimeSpan.FromSeconds(6);

    /// <summary>Microseconds since 1970, rounded down.</summary>
    public static long ToMicroseconds(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond;

    /// <summary>The time of so many microseconds since 1970.</summary>
    public static DateTimeOffset FromMicroseconds(long microseconds) => DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);

    /// <summary>The time of so many microseconds since 1970, or none.</summary>
    public static DateTimeOffset? FromMicroseconds(long? microseconds) => microseconds is { } value ? FromMicroseconds(value) : null;

    /// <summary>What ready jobs are claimed by, smallest first; equal ones by ticket.</summary>
    /// <param name="readyAt">When the job became ready, in microseconds since 1970.</param>
    /// <param name="priority">−100 to 100.</param>
    public static long ReadyKey(long readyAt, int priority) => readyAt - PerPriority.Ticks / TimeSpan.TicksPerMicrosecond * priority;
}
