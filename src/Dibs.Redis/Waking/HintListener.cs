using Dibs.Redis.Connections;
using Dibs.Stores;

namespace Dibs.Redis.Waking;

/// <summary>
/// Listens on the channels on which scripts publish hints. A queue's hint goes to workers that are known to be idle, each
/// on its own channel, and to whoever listens to the queue without being a worker. After every reconnect everybody looks once.
/// </summary>
internal sealed class HintListener(RedisLink link, TimeProvider time)
{
    /// <summary>Scripts look whether anybody listens here before they publish the end of each job.</summary>
    private const string Waiters = "waiters";

    public IWakeUp Listen(WakeFilter filter) => new Listening(link, [.. Channels(filter)], time);

    private static IEnumerable<string> Channels(WakeFilter filter)
    {
        if (filter.Incarnation is { } incarnation)
            yield return $"worker:{incarnation}";
        if (filter is { Incarnation: { } idle, Queues.Count: > 0 })
            yield return $"idle:{idle}";
        foreach (var queue in filter.Incarnation is null ? filter.Queues : [])
            yield return $"queue:{queue}";
        if (filter.JobId is { } id)
        {
            yield return Waiters;
            yield return $"job:{id}";
        }
        if (filter.Scheduled)
            yield return "due";
    }

    private sealed class Listening : IWakeUp
    {
        private readonly RedisLink _link;
        private readonly string[] _channels;
        private readonly Signal _signal;
        private readonly Action _wake;

        public Listening(RedisLink link, string[] channels, TimeProvider time)
        {
            (_link, _channels, _signal) = (link, channels, new Signal(time));
            _wake = _signal.Set;
            _link.Restored += _wake;
            foreach (var channel in _channels)
                _link.Subscribe(channel, channel == Waiters ? Nothing : _wake);
        }

        public ValueTask<bool> WaitAsync(TimeSpan atMost, CancellationToken cancellationToken) => _signal.WaitAsync(atMost, cancellationToken);

        public void Dispose()
        {
            _link.Restored -= _wake;
            foreach (var channel in _channels)
                _link.Unsubscribe(channel, channel == Waiters ? Nothing : _wake);
        }

        private static void Nothing()
        {
        }
    }
}
