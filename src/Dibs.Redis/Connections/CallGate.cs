namespace Dibs.Redis.Connections;

/// <summary>
/// Lets calls in, first come first served, while those without an answer are few and small enough. Waiting holds no thread.
/// A call that is larger than everything allowed goes alone.
/// </summary>
/// <param name="mostCalls">So many may be without an answer; at 100 µs each the last one waits a tenth of a second.</param>
/// <param name="mostBytes">So many bytes may be without an answer; a network of 100 Mbit/s takes 16 MiB in a good second.</param>
internal sealed class CallGate(int mostCalls = 1000, long mostBytes = 16 << 20)
{
    private readonly Lock _lock = new();
    private readonly Queue<Waiter> _waiters = new();
    private int _calls;
    private long _bytes;

    /// <summary>Waits until there is room and takes it. Give it back with <see cref="Leave"/> when the answer is there.</summary>
    /// <exception cref="OperationCanceledException">The token was canceled; nothing was taken.</exception>
    public ValueTask EnterAsync(long bytes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Waiter waiter;
        lock (_lock)
        {
            if (_waiters.Count == 0 && HasRoom(bytes))
            {
                Take(bytes);
                return default;
            }
            waiter = new Waiter(bytes);
            _waiters.Enqueue(waiter);
        }
        return new(waiter.WaitAsync(cancellationToken));
    }

    public void Leave(long bytes)
    {
        lock (_lock)
        {
            _calls--;
            _bytes -= bytes;
            // A canceled waiter is dropped here, and takes nothing.
            while (_waiters.TryPeek(out var first) && (first.IsGone || HasRoom(first.Bytes)))
            {
                _waiters.Dequeue();
                if (first.TryLetIn())
                    Take(first.Bytes);
            }
        }
    }

    private bool HasRoom(long bytes) => _calls == 0 || (_calls < mostCalls && _bytes + bytes <= mostBytes);

    private void Take(long bytes)
    {
        _calls++;
        _bytes += bytes;
    }

    private sealed class Waiter(long bytes)
    {
        private readonly TaskCompletionSource _entry = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public long Bytes { get; } = bytes;

        public bool IsGone => _entry.Task.IsCompleted;

        public bool TryLetIn() => _entry.TrySetResult();

        public async Task WaitAsync(CancellationToken cancellationToken)
        {
            await using var canceling = cancellationToken.UnsafeRegister(static (entry, token) => ((TaskCompletionSource)entry!).TrySetCanceled(token), _entry).ConfigureAwait(false);
            await _entry.Task.ConfigureAwait(false);
        }
    }
}
