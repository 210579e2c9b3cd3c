using Dibs.Stores;
using Dibs.Telemetry;
using Microsoft.Extensions.Logging;

namespace Dibs.Workers;

/// <summary>
/// Carries what running jobs say to the store: many small reports become one step, at most every 100 ms. The last report of an
/// attempt is stored before the attempt is settled.
/// </summary>
internal sealed class Reporter(IJobStore store, Incarnation incarnation, Slots slots, Surroundings surroundings, ILogger logger)
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private readonly Lock _lock = new();
    private readonly Signal _changed = new(surroundings.Time);
    private readonly Signal _finished = new(surroundings.Time);
    private List<(JobReport Report, TaskCompletionSource Stored)> _last = [];

    /// <summary>Something new was said.</summary>
    public void Notice() => _changed.Set();

    /// <summary>Stores what an attempt said last; completes when it is stored. Does nothing if there is nothing new.</summary>
    public Task FinishAsync(JobContext context)
    {
        if (context.TakeReport() is not { } report)
            return Task.CompletedTask;
        var stored = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
            _last.Add((report, stored));
        _changed.Set();
        _finished.Set();
        return stored.Task;
    }

    public async Task RunAsync(CancellationToken stop)
    {
        while (true)
        {
            await _changed.WaitAsync(Timeout.InfiniteTimeSpan, stop);
            await StoreAsync(TakeAll(out var stored), stop);
            foreach (var last in stored)
                last.SetResult();
            await _finished.WaitAsync(Pace, stop);
        }
    }

    private List<JobReport> TakeAll(out TaskCompletionSource[] stored)
    {
        // A report taken here of an attempt that ends meanwhile stands before its last one: they go in one step, in this order.
        var reports = slots.Running.Select(attempt => attempt.Context.TakeReport()).OfType<JobReport>().ToList();
        lock (_lock)
        {
            reports.AddRange(_last.Select(last => last.Report));
            stored = [.. _last.Select(last => last.Stored)];
            _last = [];
        }
        return reports;
    }

    private async Task StoreAsync(List<JobReport> reports, CancellationToken stop)
    {
        while (reports.Count > 0)
        {
            try
            {
                await store.ReportAsync(reports, stop);
                return;
            }
            catch (StoreException exception)
            {
                logger.StepFailed(incarnation.Name, "report", exception.Message);
                await surroundings.Delay(surroundings.Jitter(RetryAfter), stop);
            }
        }
    }
}
