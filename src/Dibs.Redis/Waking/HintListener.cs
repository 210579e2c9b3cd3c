using Dibs.Redis.Connections;
using Dibs.Stores;

namespace Dibs.Redis.Waking;

/// <summary>
/// Listens on the channels on which scripts publish hints, each as long as somebody of this process waits for it. A worker
/// has one channel for all its hints: scripts wake those workers that they know to be idle. After every reconnect everybody looks once.
/// </summary>
internal sealed class HintListener
{
    /// <summary>Scripts look whether anybody listens here before they publish the end of each job.</summary>
    private const string Waiters = "waiters";
    private const string Due = "due";

    private readonly RedisLink _link;
    private readonly WakeUps _wakeUps;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _listening = new(StringComparer.Ordinal);

    public HintListener(RedisLink link, TimeProvider time)
    {
        _link = link;
        _wakeUps = new WakeUps(time);
        link.Restored += _wakeUps.WakeAll;
    }

    public IWakeUp Listen(WakeFilter filter)
    {
        var wakeUp = _wakeUps.Listen(filter);
        var channels = Channels(filter);
        foreach (var (channel, concerns) in channels)
            Begin(channel, concerns);
        return new Listening(this, wakeUp, [.. channels.Select(channel => channel.Name)]);
    }

    private static List<(string Name, Func<WakeFilter, bool> Concerns)> Channels(WakeFilter filter)
    {
        var channels = new List<(string, Func<WakeFilter, bool>)>();
        if (filter.Incarnation is { } incarnation)
            channels.Add(($"worker:{incarnation}", other => other.Incarnation == incarnation));
        else
            channels.AddRange(filter.Queues.Select(queue => ($"queue:{queue}", (Func<WakeFilter, bool>)(other => other.Queues.Contains(queue)))));
        if (filter.JobId is { } id)
        {
            channels.Add((Waiters, _ => false));
            channels.Add(($"job:{id}", other => other.JobId == id));
        }
        if (filter.Scheduled)
            channels.Add((Due, other => other.Scheduled));
        return channels;
    }

    private void Begin(string channel, Func<WakeFilter, bool> concerns)
    {
        lock (_lock)
        {
            var count = _listening.GetValueOrDefault(channel);
            _listening[channel] = count + 1;
            if (count == 0)
                _link.Subscribe(channel, () => _wakeUps.Wake(concerns));
        }
    }

    private void End(string channel)
    {
        lock (_lock)
        {
            if (--_listening[channel] > 0)
                return;
            _listening.Remove(channel);
            _link.Unsubscribe(channel);
        }
    }

    private sealed class Listening(HintListener owner, IWakeUp wakeUp, string[] channels) : IWakeUp
    {
        private bool _isDisposed;

        public ValueTask<bool> WaitAsync(TimeSpan atMost, CancellationToken cancellationToken) => wakeUp.WaitAsync(atMost, cancellationToken);

        public void Dispose()
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
            wakeUp.Dispose();
            foreach (var channel in channels)
                owner.End(channel);
        }
    }
}
