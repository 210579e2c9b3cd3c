using System.Collections.Concurrent;
using System.Diagnostics;

namespace Dibs.Tests.Redis.Servers;

/// <summary>One run of a job's code, by the monotonic clock.</summary>
/// <param name="JobId">The job.</param>
/// <param name="Attempt">From 1.</param>
/// <param name="Fence">The fence of the attempt.</param>
/// <param name="Resource">What it reserved exclusively.</param>
/// <param name="Began">In ticks.</param>
public sealed record Run(string JobId, int Attempt, long Fence, string Resource, long Began)
{
    /// <summary>In ticks; null while it runs.</summary>
    public long? Ended { get; set; }

    /// <summary>It was asked to stop before it was through.</summary>
    public bool WasStopped { get; set; }
}

/// <summary>Where the jobs of a scene write down when they ran, whatever the store says of it.</summary>
public sealed class RunLedger
{
    private readonly ConcurrentQueue<Run> _runs = new();

    /// <summary>In the order in which they began.</summary>
    public IReadOnlyCollection<Run> Runs => _runs;

    public Run Begin(JobContext context, string resource)
    {
        var run = new Run(context.JobId, context.Attempt, context.Fence, resource, Stopwatch.GetTimestamp());
        _runs.Enqueue(run);
        return run;
    }

    /// <summary>No two runs held the same resource at the same time.</summary>
    public void AssertExclusion()
    {
        foreach (var runs in _runs.GroupBy(run => run.Resource))
        {
            var inOrder = runs.OrderBy(run => run.Began).ToArray();
            foreach (var (earlier, later) in inOrder.Zip(inOrder.Skip(1)))
                Assert.True(earlier.Ended <= later.Began, $"{earlier} and {later} overlap.");
        }
    }
}

/// <summary>The jobs of a scene.</summary>
public sealed class LedgerJob(RunLedger ledger)
{
    /// <summary>Runs so long, or until it is asked to stop, and returns its fence.</summary>
    public async Task<long> RunAsync(string resource, int milliseconds, JobContext context)
    {
        var run = ledger.Begin(context, resource);
        try
        {
            await Task.Delay(TimeSpan.FromMilliseconds(milliseconds), TimeProvider.System, context.CancellationToken);
            return context.Fence;
        }
        catch (OperationCanceledException)
        {
            run.WasStopped = true;
            throw;
        }
        finally
        {
            run.Ended = Stopwatch.GetTimestamp();
        }
    }
}
