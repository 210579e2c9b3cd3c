using Dibs.Redis.Addresses;
using StackExchange.Redis;

namespace Dibs.Redis.Connections;

/// <summary>Connects, or says in one line why not, within 10 seconds in all.</summary>
internal sealed class Dialer(RedisAddress address, TlsFiles? tls)
{
    // Leaves time to look at what answers instead: twice 1.5 seconds.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(6);

    // The library reads and writes on threads of its own then, so that a heartbeat is answered however full the pool is. It knows this only
    // for the whole process: connections that are made from now on have two threads each, and keep them when they are made again.
    private const string DedicatedThreads = "DedicatedThreads";

    /// <summary>One for an address, with the certificates that it names.</summary>
    public static Dialer For(RedisAddress address) => new(address, address is { Tls: true, Template: null } ? TlsFiles.Read(address) : null);

    /// <exception cref="StoreException">Nothing answers, or not as Redis does.</exception>
    /// <exception cref="DibsConfigurationException">It answers and does not let us in, or shows a certificate that is not trusted.</exception>
    public async Task<ConnectionMultiplexer> DialAsync(Lane lane, CancellationToken cancellationToken)
    {
        var attempts = new ConnectAttempts();
        if (lane == Lane.Heartbeat)
            ConnectionMultiplexer.SetFeatureFlag(DedicatedThreads, true);
        var options = LinkOptions.For(address, tls, lane);
        attempts.Watch(options);
        Exception? thrown = null;
        var isKept = false;
        // Finding the primary through sentinels blocks a thread inside of the library.
        var dialing = Task.Run(() => ConnectionMultiplexer.ConnectAsync(options), CancellationToken.None);
        try
        {
            var multiplexer = await dialing.WaitAsync(Patience, TimeProvider.System, cancellationToken).ConfigureAwait(false);
            isKept = multiplexer.IsConnected && !IsPastSentinels(multiplexer);
            if (isKept)
                return multiplexer;
        }
        catch (Exception e) when (e is TimeoutException or RedisException)
        {
            thrown = e;
        }
        finally
        {
            if (!isKept)
                _ = HangUpAsync(dialing);
        }
        throw await new ConnectFailure(address).ExplainAsync(attempts, thrown, cancellationToken).ConfigureAwait(false);
    }

    // Given a server in place of a sentinel, the library connects to it, and would follow no failover.
    private bool IsPastSentinels(ConnectionMultiplexer multiplexer) =>
        address.Mode == RedisMode.Sentinel && multiplexer.GetServers().Any(server => address.Hosts.Contains(ConnectionString.ToHost(server.EndPoint)));

    private static async Task HangUpAsync(Task<ConnectionMultiplexer> dialing)
    {
        await ((Task)dialing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (dialing.IsCompletedSuccessfully)
            await (await dialing.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
    }
}
