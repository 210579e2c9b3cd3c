namespace Dibs.Tests.Simulation;

/// <summary>A clock on the wall that somebody may move: what goes by timestamps and timers does not notice.</summary>
internal sealed class MovableClock(TimeProvider time) : TimeProvider
{
    /// <summary>How far it is ahead.</summary>
    public TimeSpan Ahead { get; set; }

    public override long TimestampFrequency => time.TimestampFrequency;
    public override DateTimeOffset GetUtcNow() => time.GetUtcNow() + Ahead;
    public override long GetTimestamp() => time.GetTimestamp();
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => time.CreateTimer(callback, state, dueTime, period);
}
