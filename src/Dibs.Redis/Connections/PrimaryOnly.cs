using System.Net;
using System.Net.Sockets;
using StackExchange.Redis;
using StackExchange.Redis.Configuration;

namespace Dibs.Redis.Connections;

/// <summary>
/// With Sentinel, lets the library connect to no server but the one that the sentinels name. A primary that died and comes back begins as
/// a primary again, until the sentinels tell it otherwise some 8 seconds later, and the library uses any primary that it knows: what such a
/// server acknowledges is thrown away, and what it gives out runs twice.
/// </summary>
/// <param name="sentinels">How the sentinels are connected to.</param>
/// <param name="service">The name by which they know the primary.</param>
internal sealed class PrimaryOnly(ConfigurationOptions sentinels, string service) : Tunnel
{
    private const int SentinelMilliseconds = 1500;

    /// <summary>For the servers that these options lead to; they must not be changed afterwards but by what they say of connections to servers.</summary>
    public static PrimaryOnly For(ConfigurationOptions options)
    {
        var sentinels = options.Clone();
        sentinels.ServiceName = null;
        sentinels.CommandMap = CommandMap.Sentinel;
        sentinels.TieBreaker = "";
        sentinels.AbortOnConnectFail = false;
        sentinels.ConnectTimeout = sentinels.AsyncTimeout = sentinels.SyncTimeout = SentinelMilliseconds;
        sentinels.ConnectRetry = 1;
        return new PrimaryOnly(sentinels, options.ServiceName!);
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">It is another server: the library counts it as one that it cannot reach.</exception>
    public override async ValueTask BeforeSocketConnectAsync(EndPoint endpoint, ConnectionType connectionType, Socket? socket, CancellationToken cancellationToken)
    {
        if (sentinels.EndPoints.Contains(endpoint))
            return;
        var (primary, others) = await AskAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        // Where no sentinel answers, the last one that they named is the best there is.
        if (primary is not null && !primary.Equals(endpoint) && !others.Contains(endpoint))
            throw new IOException($"The sentinels name another primary than {endpoint}.");
    }

    /// <summary>The primary, and the sentinels that were not named in the address; asked on connections of their own, since it is seldom asked.</summary>
    private async Task<(EndPoint? Primary, EndPoint[] Sentinels)> AskAsync()
    {
        try
        {
            await using var multiplexer = await ConnectionMultiplexer.SentinelConnectAsync(sentinels.Clone()).ConfigureAwait(false);
            foreach (var sentinel in multiplexer.GetServers().Where(server => server.IsConnected))
            {
                if (await sentinel.SentinelGetMasterAddressByNameAsync(service).ConfigureAwait(false) is { } primary)
                    return (primary, await sentinel.SentinelGetSentinelAddressesAsync(service).ConfigureAwait(false));
            }
        }
        catch (Exception e) when (CommandFailure.IsOfRedis(e))
        {
            // As if none had answered.
        }
        return (null, []);
    }
}
