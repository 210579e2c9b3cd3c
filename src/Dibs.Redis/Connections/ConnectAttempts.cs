using StackExchange.Redis;

namespace Dibs.Redis.Connections;

/// <summary>What became of the attempts to connect. StackExchange.Redis itself says no more than that there is no connection.</summary>
internal sealed class ConnectAttempts
{
    // It reports attempts on another thread, a moment after they ended.
    private static readonly TimeSpan ReportDelay = TimeSpan.FromMilliseconds(500);

    private readonly TaskCompletionSource<ConnectionAttemptCompletedEventArgs> _failure = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Watch(ConfigurationOptions options) => options.ConnectionAttemptCompleted += (_, attempt) =>
    {
        if (!attempt.IsSuccess)
            _failure.TrySetResult(attempt);
    };

    /// <summary>The first attempt that failed; none if all are still under way.</summary>
    public async Task<ConnectionAttemptCompletedEventArgs?> FirstFailureAsync()
    {
        await ((Task)_failure.Task).WaitAsync(ReportDelay, TimeProvider.System).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return _failure.Task.IsCompletedSuccessfully ? await _failure.Task.ConfigureAwait(false) : null;
    }
}
