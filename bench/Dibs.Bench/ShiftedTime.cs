namespace Dibs.Bench;

/// <summary>
/// The system's time, set forward on demand: what ended in the last minute is never pruned, and a measured run that is to
/// leave nothing behind cannot wait for a minute after each of its parts.
/// </summary>
internal sealed class ShiftedTime : TimeProvider
{
    private long _shift;

    public void SetForward(TimeSpan by) => Interlocked.Add(ref _shift, by.Ticks);

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Interlocked.Read(ref _shift));
}
