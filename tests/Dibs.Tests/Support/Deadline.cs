using System.Diagnostics;

namespace Dibs.Tests.Support;

/// <summary>
/// Waits for what another process does, where there is no signal to await: looks again until it is so, or fails after a deadline.
/// </summary>
public static class Deadline
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(10);

    public static async Task<T> UntilAsync<T>(Func<Task<T>> look, Func<T, bool> isSo, TimeSpan within, string what)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var seen = await look();
            if (isSo(seen))
                return seen;
            Assert.True(clock.Elapsed < within, $"{what}: not within {within}; last seen: {seen}");
            await Task.Delay(BetweenLooks, TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    public static Task UntilAsync(Func<bool> isSo, TimeSpan within, string what) =>
        UntilAsync(() => Task.FromResult(isSo()), so => so, within, what);
}
