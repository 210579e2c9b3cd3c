namespace Dibs.Workers;

/// <summary>
/// A thread for async work that must not wait for one of the pool, which user code may fill: what the work awaits comes back to
/// this thread, and the timers of its <see cref="Time"/> fire on it. The work must not hand itself to the pool, as
/// <c>ConfigureAwait(false)</c> does. The thread begins with the first work and ends with the last, once it is disposed.
/// </summary>
/// <param name="name">Of the thread, for those who look at the process; Linux shows 15 characters.</param>
/// <param name="clock">What its timers go by.</param>
internal sealed class OwnThread(string name, TimeProvider clock) : SynchronizationContext, IDisposable
{
    private readonly object _lock = new();
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _ready = new();
    private readonly PriorityQueue<ThreadTimer, long> _timers = new();
    private Thread? _thread;
    private int _works;
    private bool _isDisposed;
    private bool _hasEnded;

    /// <summary>The clock, with timers that fire on this thread.</summary>
    public TimeProvider Time => field ??= new ThreadTime(this, clock);

    /// <inheritdoc cref="Run{T}"/>
    public Task Run(Func<Task> work) => Run(async () =>
    {
        await work();
        return true;
    });

    /// <summary>Does work on this thread; what follows the returned task runs elsewhere.</summary>
    public Task<T> Run<T>(Func<Task<T>> work)
    {
        var started = new TaskCompletionSource<Task<T>>();
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _works++;
            _ready.Enqueue((_ => started.SetResult(WorkAsync(work)), null));
            if (_thread is null)
            {
                _thread = new Thread(Pump) { IsBackground = true, Name = name, Priority = ThreadPriority.AboveNormal };
                _thread.Start();
            }
            Monitor.Pulse(_lock);
        }
        return started.Task.Unwrap();
    }

    /// <summary>Takes no more work; the thread ends with the last that it has.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            Monitor.Pulse(_lock);
        }
    }

    /// <inheritdoc/>
    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (_lock)
        {
            if (!_hasEnded)
            {
                _ready.Enqueue((d, state));
                Monitor.Pulse(_lock);
                return;
            }
        }
        base.Post(d, state);
    }

    private async Task<T> WorkAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        finally
        {
            lock (_lock)
                _works--;
        }
    }

    private void Pump()
    {
        SetSynchronizationContext(this);
        while (TakeNext() is var (callback, state))
            callback(state);
    }

    /// <summary>Waits for what is to be done next; null at the end.</summary>
    private (SendOrPostCallback Callback, object? State)? TakeNext()
    {
        lock (_lock)
        {
            while (true)
            {
                if (_ready.TryDequeue(out var next))
                    return next;
                if (_isDisposed && _works == 0)
                {
                    _hasEnded = true;
                    return null;
                }
                var wait = UntilNextTimer();
                if (wait == TimeSpan.Zero)
                    return (static timer => ((ThreadTimer)timer!).Fire(), _timers.Dequeue());
                Monitor.Wait(_lock, wait);
            }
        }
    }

    /// <summary>In whole milliseconds, which is what a thread can wait, and rather one too many.</summary>
    private TimeSpan UntilNextTimer()
    {
        if (!_timers.TryPeek(out _, out var due))
            return Timeout.InfiniteTimeSpan;
        var left = Math.Ceiling(Math.Max(0, due - clock.GetTimestamp()) * 1000.0 / clock.TimestampFrequency);
        return TimeSpan.FromMilliseconds(Math.Min(left, int.MaxValue));
    }

    private sealed class ThreadTime(OwnThread thread, TimeProvider clock) : TimeProvider
    {
        public override long TimestampFrequency => clock.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => clock.GetUtcNow();

        public override long GetTimestamp() => clock.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = new ThreadTimer(thread, clock, () => callback(state));
            timer.Change(dueTime, period);
            return timer;
        }
    }

    private sealed class ThreadTimer(OwnThread thread, TimeProvider clock, Action fire) : ITimer
    {
        public Action Fire => fire;

        /// <exception cref="NotSupportedException">A period: these timers fire once.</exception>
        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (period != Timeout.InfiniteTimeSpan)
                throw new NotSupportedException("The timers of a thread fire once.");
            lock (thread._lock)
            {
                thread._timers.Remove(this, out _, out _);
                if (dueTime == Timeout.InfiniteTimeSpan)
                    return true;
                thread._timers.Enqueue(this, clock.GetTimestamp() + (long)(dueTime.TotalSeconds * clock.TimestampFrequency));
                Monitor.Pulse(thread._lock);
            }
            return true;
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
