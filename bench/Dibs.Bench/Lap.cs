namespace Dibs.Bench;

/// <summary>Seconds by the monotonic clock.</summary>
internal readonly struct Lap
{
    private readonly long _start;

    private Lap(long start) => _start = start;

    public static Lap Start() => new(TimeProvider.System.GetTimestamp());

    public double Seconds => TimeProvider.System.GetElapsedTime(_start).TotalSeconds;
}
