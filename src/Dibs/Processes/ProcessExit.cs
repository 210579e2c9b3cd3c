namespace Dibs.Processes;

/// <summary>What an exit code says.</summary>
internal static class ProcessExit
{
    /// <summary>.NET reports an end by a signal as this and its number; Linux has 64 signals.</summary>
    private const int Signaled = 128;
    private const int LastSignal = 64;

    public static ExitRecord Of(int code) =>
        code is > Signaled and <= Signaled + LastSignal ? new ExitRecord { Signal = code - Signaled } : new ExitRecord { Code = code };
}
