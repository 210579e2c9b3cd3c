using StackExchange.Redis;

namespace Dibs.Redis.Connections;

/// <summary>
/// How long to wait before a lost connection is tried again: 200 ms, and then up to a second, never in step with others or with a
/// server that comes and goes.
/// </summary>
internal sealed class ReconnectPause : IReconnectRetryPolicy
{
    private const int First = 200;
    private const int Longest = 1000;

    public bool ShouldRetry(long currentRetryCount, int timeElapsedMillisecondsSinceLastRetry)
    {
        var most = currentRetryCount < 3 ? First << (int)currentRetryCount : Longest;
        return timeElapsedMillisecondsSinceLastRetry >= Random.Shared.Next(First, most + 1);
    }
}
