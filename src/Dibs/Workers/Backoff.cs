namespace Dibs.Workers;

/// <summary>
/// How long to wait before a failed step is tried again: twice as long each time, and in the end as long as an idle worker
/// waits before it asks for work, which the store must bear anyway.
/// </summary>
internal sealed class Backoff(Surroundings surroundings)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);
    private TimeSpan _next = First;

    /// <summary>The time to wait now.</summary>
    public TimeSpan Next()
    {
        var wait = _next < Listener.PollInterval ? _next : Listener.PollInterval;
        _next = wait * 2;
        return surroundings.Jitter(wait);
    }

    /// <summary>The step was answered.</summary>
    public void Reset() => _next = First;
}
