namespace Dibs;

/// <summary>A wake-up that is remembered: set between two waits, it ends the next one at once. For one waiter at a time.</summary>
internal sealed class Signal(TimeProvider time)
{
    private readonly Lock _lock = new();
    private bool _set;
    private TaskCompletionSource<bool>? _waiter;

    public void Set()
    {
        TaskCompletionSource<bool>? waiter;
        lock (_lock)
        {
            waiter = _waiter;
            _waiter = null;
            _set |= waiter is null;
        }
        // A waiter that has just timed out did not hear it.
        if (waiter?.TrySetResult(true) == false)
            Set();
    }

    /// <summary>Completes when it is set (true), or after <paramref name="atMost"/> (false).</summary>
    public async ValueTask<bool> WaitAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        TaskCompletionSource<bool> waiter;
        lock (_lock)
        {
            if (_set)
            {
                _set = false;
                return true;
            }
            waiter = _waiter = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        using var timer = time.CreateTimer(static state => ((TaskCompletionSource<bool>)state!).TrySetResult(false), waiter, atMost, Timeout.InfiniteTimeSpan);
        using var registration = cancellationToken.UnsafeRegister(static (state, token) => ((TaskCompletionSource<bool>)state!).TrySetCanceled(token), waiter);
        try
        {
            return await waiter.Task;
        }
        finally
        {
            lock (_lock)
            {
                if (_waiter == waiter)
                    _waiter = null;
            }
        }
    }
}
