namespace Dibs.Processes;

/// <summary>Kills processes until none is left, which may take as long as they cannot be signaled or are stuck in the system.</summary>
internal static class Extinction
{
    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LastLook = TimeSpan.FromSeconds(1);

    /// <param name="kill">Kills, and returns what lives on.</param>
    /// <param name="isStuck">Told once what still lives after a second or so.</param>
    /// <param name="time">For the pauses between two looks.</param>
    public static async Task WaitAsync(Func<IReadOnlyList<ProcessEntry>> kill, Action<string> isStuck, TimeProvider time)
    {
        for (var pause = FirstLook; kill() is { Count: > 0 } living; pause = pause * 2 < LastLook ? pause * 2 : LastLook)
        {
            if (pause < LastLook && pause * 2 >= LastLook)
                isStuck(string.Join(", ", living.Select(process => process.Pid).Distinct()));
            await Task.Delay(pause, time);
        }
    }
}
