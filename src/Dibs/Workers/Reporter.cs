using Dibs.Stores;

namespace Dibs.Workers;

/// <summary>
/// Carries what running jobs say to the store: many small reports become one step, at most every 100 ms. The last report of an
/// attempt is stored before the attempt is settled.
/// </summary>
internal sealed class Reporter(IJobStore store, Slots slots, Outage outage, Surroundings surroundings)
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);
    private readonly Lock _lock = new();
    private readonly Backoff _backoff = new(surroundings);
    private readonly Signal _changed = new(surroundings.Time);
    private readonly Signal _finished = new(surroundings.Time);
    private Round _next = new();
    private Round? _storing;

    /// <summary>Something new was said.</summary>
    public void Notice() => _changed.Set();

    /// <summary>Completes when all that an attempt has said is stored.</summary>
    public Task FinishAsync(JobContext context)
    {
        Task stored;
        lock (_lock)
        {
            // What it said before may just be on its way.
            if (context.TakeReport() is not { } report)
                return _storing?.Stored.Task ?? Task.CompletedTask;
            _next.Reports.Add(report);
            stored = _next.Stored.Task;
        }
        _changed.Set();
        _finished.Set();
        return stored;
    }

    public async Task RunAsync(CancellationToken stop)
    {
        while (true)
        {
            await _changed.WaitAsync(Timeout.InfiniteTimeSpan, stop);
            var round = BeginRound();
            await StoreAsync(round.Reports, stop);
            lock (_lock)
                _storing = null;
            round.Stored.SetResult();
            await _finished.WaitAsync(Pace, stop);
        }
    }

    private Round BeginRound()
    {
        lock (_lock)
        {
            var round = _storing = _next;
            _next = new Round();
            // Before the last reports: what an attempt said first is stored first.
            round.Reports.InsertRange(0, slots.Running.Select(attempt => attempt.Context.TakeReport()).OfType<JobReport>());
            return round;
        }
    }

    private async Task StoreAsync(List<JobReport> reports, CancellationToken stop)
    {
        while (reports.Count > 0)
        {
            try
            {
                await store.ReportAsync(reports, stop);
                _backoff.Reset();
                outage.Answered(StoreDuties.Report);
                return;
            }
            catch (StoreException failure)
            {
                outage.Failed(StoreDuties.Report, failure);
                await surroundings.Delay(_backoff.Next(), stop);
            }
        }
    }

    /// <summary>What is stored in one step.</summary>
    private sealed class Round
    {
        public List<JobReport> Reports { get; } = [];
        public TaskCompletionSource Stored { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
