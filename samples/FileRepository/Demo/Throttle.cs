namespace FileRepository.Demo;

/// <summary>A line that carries so many bytes per second, shared by all that send over it.</summary>
internal sealed class Throttle(double bytesPerSecond, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly long _origin = time.GetTimestamp();
    private TimeSpan _free;

    /// <summary>Waits until the line has carried these bytes.</summary>
    public Task CarryAsync(int bytes, CancellationToken cancellationToken)
    {
        TimeSpan wait;
        lock (_lock)
        {
            var now = time.GetElapsedTime(_origin);
            _free = (_free > now ? _free : now) + TimeSpan.FromSeconds(bytes / bytesPerSecond);
            wait = _free - now;
        }
        return Task.Delay(wait, time, cancellationToken);
    }
}
