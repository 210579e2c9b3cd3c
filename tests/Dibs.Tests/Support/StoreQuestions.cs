using System.Diagnostics;
using Dibs.Stores;

namespace Dibs.Tests.Support;

/// <summary>What tests ask of a store of any kind.</summary>
public static class StoreQuestions
{
    private const int MostSteps = 1000;
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(50);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>How many jobs are in these states.</summary>
    public static async Task<long> CountAsync(this IJobStore store, Func<JobState, bool> isCounted) =>
        (await store.SurveyAsync(SurveyParts.Queues, Token)).Queues.SelectMany(queue => queue.Counts).Where(count => isCounted(count.Key)).Sum(count => count.Value);

    /// <summary>Where derived data differs from the truth.</summary>
    public static async Task<IReadOnlyList<Drift>> DriftsAsync(this IJobStore store, bool repair = false)
    {
        var drifts = new List<Drift>();
        string? cursor = null;
        var step = 0;
        do
        {
            Assert.True(step++ < MostSteps, $"The walk does not end: it is at {cursor}.");
            var reply = await store.VerifyAsync(cursor, repair, Token);
            drifts.AddRange(reply.Drifts);
            cursor = reply.Next;
        }
        while (cursor is not null);
        return drifts;
    }

    /// <summary>Asks a store that may be away, as often as it takes.</summary>
    public static async Task<T> WhenThereAsync<T>(Func<ValueTask<T>> ask, TimeSpan patience)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return await ask();
            }
            catch (StoreException) when (clock.Elapsed < patience)
            {
                await Task.Delay(BetweenTries, TimeProvider.System, Token);
            }
        }
    }
}
