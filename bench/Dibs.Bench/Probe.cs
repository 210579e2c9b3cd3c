namespace Dibs.Bench;

/// <summary>The methods that measured jobs call.</summary>
public static class Probe
{
    private static readonly TimeSpan PauseLength = TimeSpan.FromMilliseconds(1);

    /// <summary>Does nothing.</summary>
    public static void Nothing()
    {
    }

    /// <summary>When its first line ran, by the monotonic clock that all processes of a machine share.</summary>
    public static long Now() => TimeProvider.System.GetTimestamp();

    /// <summary>Takes a millisecond without using a processor.</summary>
    public static Task PauseAsync() => Task.Delay(PauseLength, TimeProvider.System);
}
