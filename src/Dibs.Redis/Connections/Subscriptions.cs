using StackExchange.Redis;

namespace Dibs.Redis.Connections;

/// <summary>
/// Who listens to which channel of the namespace. Each channel is subscribed to once, however many listen. StackExchange.Redis
/// subscribes again after a reconnect; a subscription that fails costs its listeners the poll interval and no more.
/// </summary>
/// <param name="channelBase">What every channel begins with.</param>
internal sealed class Subscriptions(string channelBase)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Channel> _channels = new(StringComparer.Ordinal);
    private ISubscriber? _subscriber;
    private bool _isSharded;

    /// <summary>Begins to listen, also for those who came before there was a connection.</summary>
    public void Attach(ISubscriber subscriber, bool isSharded)
    {
        lock (_lock)
        {
            _subscriber = subscriber;
            _isSharded = isSharded;
            foreach (var (suffix, channel) in _channels)
                Send(subscriber.SubscribeAsync(NameOf(suffix), channel.OnMessage));
        }
    }

    public void Add(string suffix, Action onHint)
    {
        lock (_lock)
        {
            var isNew = !_channels.TryGetValue(suffix, out var channel);
            if (isNew)
                _channels[suffix] = channel = new Channel();
            channel!.Add(onHint);
            if (isNew && _subscriber is not null)
                Send(_subscriber.SubscribeAsync(NameOf(suffix), channel.OnMessage));
        }
    }

    public void Remove(string suffix, Action onHint)
    {
        lock (_lock)
        {
            if (!_channels.TryGetValue(suffix, out var channel) || !channel.Remove(onHint))
                return;
            _channels.Remove(suffix);
            if (_subscriber is not null)
                Send(_subscriber.UnsubscribeAsync(NameOf(suffix), channel.OnMessage));
        }
    }

    /// <summary>Stops listening, for a connection that is not ours to close.</summary>
    public void Detach()
    {
        lock (_lock)
        {
            if (_subscriber is null)
                return;
            foreach (var (suffix, channel) in _channels)
                Send(_subscriber.UnsubscribeAsync(NameOf(suffix), channel.OnMessage));
            _channels.Clear();
            _subscriber = null;
        }
    }

    private RedisChannel NameOf(string suffix) =>
        _isSharded ? RedisChannel.Sharded($"{channelBase}{suffix}") : RedisChannel.Literal($"{channelBase}{suffix}");

    // Nobody waits for it: hints are only hints. What it throws is looked at so that it is not reported as forgotten.
    private static void Send(Task sending) =>
        sending.ContinueWith(static failed => _ = failed.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);

    /// <summary>The listeners of one channel, replaced as a whole so that a message can be handed on without the lock.</summary>
    private sealed class Channel
    {
        private Action[] _listeners = [];

        public Channel() => OnMessage = (_, _) =>
        {
            foreach (var listener in Volatile.Read(ref _listeners))
                listener();
        };

        public Action<RedisChannel, RedisValue> OnMessage { get; }

        public void Add(Action listener) => _listeners = [.. _listeners, listener];

        /// <summary>Takes one out; true when none is left.</summary>
        public bool Remove(Action listener)
        {
            var left = _listeners.ToList();
            left.Remove(listener);
            _listeners = [.. left];
            return left.Count == 0;
        }
    }
}
