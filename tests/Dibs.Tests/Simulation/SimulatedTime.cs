namespace Dibs.Tests.Simulation;

/// <summary>Time that stands still until somebody moves it on to the next timer.</summary>
internal sealed class SimulatedTime : TimeProvider
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly PriorityQueue<SimulatedTimer, (long Due, long Order)> _timers = new();
    private long _order;

    public TimeSpan Elapsed { get; private set; }
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => Start + Elapsed;
    public override long GetTimestamp() => Elapsed.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (period != Timeout.InfiniteTimeSpan)
            throw new NotSupportedException("Simulated timers fire once.");
        var timer = new SimulatedTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Goes on to the next timer and fires it; false if there is none.</summary>
    public bool FireNext()
    {
        while (_timers.TryDequeue(out var timer, out var key))
        {
            if (timer.Order != key.Order)
                continue;
            Elapsed = TimeSpan.FromTicks(Math.Max(Elapsed.Ticks, key.Due));
            timer.Order = 0;
            timer.Fire();
            return true;
        }
        return false;
    }

    private sealed class SimulatedTimer(SimulatedTime owner, Action fire) : ITimer
    {
        /// <summary>Which of its entries in the queue counts; 0 while none does.</summary>
        public long Order { get; set; }

        public Action Fire => fire;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Order = 0;
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                Order = ++owner._order;
                owner._timers.Enqueue(this, (owner.Elapsed.Ticks + dueTime.Ticks, Order));
            }
            return true;
        }

        public void Dispose() => Order = 0;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
