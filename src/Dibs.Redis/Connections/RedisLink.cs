using Dibs.Redis.Addresses;
using Dibs.Redis.Scripts;
using Dibs.Workers;
using StackExchange.Redis;

namespace Dibs.Redis.Connections;

/// <summary>
/// The connection of one namespace to its store: runs scripts, hears hints, knows what the server is. Connections that are lost come
/// back by themselves; meanwhile calls fail at once, or after a moment in which they were certainly not done and were repeated.
/// </summary>
internal sealed class RedisLink : IAsyncDisposable
{
    private readonly RedisAddress? _address;
    private readonly IConnectionMultiplexer? _theirs;
    private readonly Subscriptions _subscriptions;
    private readonly MissingRights _rights;
    private readonly CommandFailure _failure;
    private readonly Caller _work;
    private readonly Caller _heartbeat;
    private ServerFacts? _facts;

    /// <summary>A link with connections of its own: one for work, one for heartbeats.</summary>
    /// <exception cref="DibsConfigurationException">The parts of the address do not fit together, or the namespace has braces.</exception>
    public RedisLink(RedisAddress address, string @namespace) : this(address.Checked(), null, address.Prefix, @namespace, address.ToString())
    {
    }

    /// <summary>
    /// A link over a multiplexer of the application, which is never disposed. Heartbeats share it, so that a large payload of the
    /// application's can delay one, and so can a full pool of threads; time-outs and reconnecting are as the application has set them.
    /// </summary>
    /// <exception cref="DibsConfigurationException">The prefix or the namespace has braces.</exception>
    public RedisLink(IConnectionMultiplexer theirs, string prefix, string @namespace) : this(null, theirs, prefix, @namespace, LocationOf(theirs))
    {
    }

    private RedisLink(RedisAddress? address, IConnectionMultiplexer? theirs, string prefix, string @namespace, string location)
    {
        AddressRules.RequirePrefix(prefix);
        AddressRules.RequireNamespace(@namespace);
        _address = address;
        _theirs = theirs;
        Base = $"{prefix}{{dibs:{@namespace}}}";
        Location = location;
        _subscriptions = new Subscriptions($"{Base}:hint:");
        _rights = new MissingRights(location, address is null ? "USER" : address.User ?? "default", Base);
        _failure = new CommandFailure(address, location, _rights);
        _work = new Caller(_failure, $"{Base}:meta", new CallGate(), thread: null);
        _heartbeat = new Caller(_failure, $"{Base}:meta", gate: null, new OwnThread("Dibs beat calls", TimeProvider.System));
    }

    /// <summary>After every reconnect or change of servers: hints may have been lost, so look for work once.</summary>
    public event Action? Restored;

    /// <summary>What every key begins with: <c>PREFIX{dibs:NAMESPACE}</c>.</summary>
    public string Base { get; }

    /// <summary>The store as people may see it, without secrets.</summary>
    public string Location { get; }

    /// <summary>Hints are to be published by SPUBLISH: a cluster of version 7.0 or later. Known after <see cref="OpenAsync"/>.</summary>
    public bool IsSharded => _facts?.IsSharded ?? false;

    /// <summary>Connects within 10 seconds and looks at the server. Repeat: no effect; after a failure it is tried again.</summary>
    /// <exception cref="StoreException">Not reachable, or not as asked.</exception>
    /// <exception cref="DibsConfigurationException">It does not let us in, or is none that Dibs can use.</exception>
    public async ValueTask<ServerFacts> OpenAsync(CancellationToken cancellationToken)
    {
        if (_facts is not null)
            return _facts;
        var (work, heartbeat) = _theirs is null ? await DialAsync(cancellationToken).ConfigureAwait(false) : (_theirs, _theirs);
        try
        {
            _facts = await new ServerExaminer(work, _failure, _rights, Location, Base).ExamineAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await CloseAsync(work, heartbeat).ConfigureAwait(false);
            throw;
        }
        work.ConnectionRestored += OnRestored;
        work.ConfigurationChanged += OnRestored;
        _subscriptions.Attach(work.GetSubscriber(), IsSharded);
        _heartbeat.Multiplexer = heartbeat;
        _work.Multiplexer = work;
        return _facts;
    }

    /// <summary>
    /// Runs a script, with <c>BASE:meta</c> as its only key, by which a cluster finds the server. Repeated here is only what was certainly
    /// not done, for less than a second; all else is the caller's to repeat. A canceled token ends the wait, and whether the
    /// script ran is then not known.
    /// </summary>
    /// <exception cref="StoreException">Not reachable or failing; it says whether the script may have run.</exception>
    /// <exception cref="DibsConfigurationException">Password or rights are wrong.</exception>
    /// <exception cref="RedisServerException">The script's own error.</exception>
    public ValueTask<RedisResult> RunAsync(Script script, RedisValue[] arguments, Lane lane, CancellationToken cancellationToken) =>
        (lane == Lane.Work ? _work : _heartbeat).RunAsync(script, arguments, cancellationToken);

    /// <summary>Calls back at each hint on the channel <c>BASE:hint:SUFFIX</c>. Never fails: a lost hint costs the poll interval.</summary>
    public void Subscribe(string channelSuffix, Action onHint) => _subscriptions.Add(channelSuffix, onHint);

    /// <summary>Ends one <see cref="Subscribe"/> with the same arguments.</summary>
    public void Unsubscribe(string channelSuffix, Action onHint) => _subscriptions.Remove(channelSuffix, onHint);

    /// <summary>Stops listening, and closes the connections if they are its own.</summary>
    public async ValueTask DisposeAsync()
    {
        _heartbeat.Dispose();
        if (_work.Multiplexer is not { } work)
            return;
        work.ConnectionRestored -= OnRestored;
        work.ConfigurationChanged -= OnRestored;
        _subscriptions.Detach();
        await CloseAsync(work, _heartbeat.Multiplexer!).ConfigureAwait(false);
    }

    private async Task<(IConnectionMultiplexer Work, IConnectionMultiplexer Heartbeat)> DialAsync(CancellationToken cancellationToken)
    {
        var dialer = Dialer.For(_address!);
        // One after the other: when the first does not come about, there is one error and not two.
        var work = await dialer.DialAsync(Lane.Work, cancellationToken).ConfigureAwait(false);
        try
        {
            return (work, await dialer.DialAsync(Lane.Heartbeat, cancellationToken).ConfigureAwait(false));
        }
        catch
        {
            await work.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task CloseAsync(IConnectionMultiplexer work, IConnectionMultiplexer heartbeat)
    {
        if (_theirs is not null)
            return;
        await work.DisposeAsync().ConfigureAwait(false);
        await heartbeat.DisposeAsync().ConfigureAwait(false);
    }

    private void OnRestored(object? sender, EventArgs change) => Restored?.Invoke();

    private static string LocationOf(IConnectionMultiplexer multiplexer) =>
        $"redis://{string.Join(',', multiplexer.GetEndPoints(configuredOnly: true).Select(endPoint => ConnectionString.ToHost(endPoint)))}";
}
