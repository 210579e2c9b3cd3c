using StackExchange.Redis;

namespace Dibs.Redis.Connections;

/// <summary>How StackExchange.Redis is set up for one lane.</summary>
internal static class LinkOptions
{
    private const int ConnectMilliseconds = 4000;
    private const int CommandMilliseconds = 5000;

    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(250);

    // Half the shortest silence after which routers on the way forget a connection.
    private const int KeepAliveSeconds = 15;

    /// <param name="address">The store.</param>
    /// <param name="tls">Its certificates, if it asks for TLS.</param>
    /// <param name="lane">Which connection.</param>
    public static ConfigurationOptions For(RedisAddress address, TlsFiles? tls, Lane lane)
    {
        var options = address.Template?.Clone() ?? FromParts(address, tls);
        options.User = address.User;
        options.Password = address.Password;
        options.ClientName ??= lane == Lane.Work ? "dibs" : "dibs-heartbeat";
        // A first connection that fails is reported by us, with its cause; later ones are repeated without end.
        options.AbortOnConnectFail = false;
        options.ReconnectRetryPolicy = new ReconnectPause();
        // How often the library looks whether the pause is over: seldom, and it would miss the moments in which a server that flaps is up.
        options.HeartbeatInterval = LookInterval;
        // CONFIG GET is a question for administrators to the library; whether it is answered, the server decides.
        options.AllowAdmin = true;
        // What cannot be sent fails at once, so that it is known not to be done.
        options.BacklogPolicy = BacklogPolicy.FailFast;
        // Keys and channels of the library's own, which a user with few rights may not touch.
        options.TieBreaker = "";
        options.ConfigurationChannel = "";
        // Heartbeats listen to nothing, and need no second connection for it.
        if (lane == Lane.Heartbeat && options.CommandMap == CommandMap.Default)
            options.CommandMap = CommandMap.Create(["SUBSCRIBE"], available: false);
        if (options is { ServiceName: not null, Tunnel: null })
            options.Tunnel = PrimaryOnly.For(options);
        return options;
    }

    private static ConfigurationOptions FromParts(RedisAddress address, TlsFiles? tls)
    {
        var options = new ConfigurationOptions
        {
            DefaultDatabase = address.Database,
            ServiceName = address.Service,
            Ssl = tls is not null,
            SslClientAuthenticationOptions = tls is null ? null : tls.For,
            ConnectTimeout = ConnectMilliseconds,
            ConnectRetry = 1,
            AsyncTimeout = CommandMilliseconds,
            SyncTimeout = CommandMilliseconds,
            KeepAlive = KeepAliveSeconds,
        };
        foreach (var (name, port) in address.Hosts)
            options.EndPoints.Add(name, port);
        return options;
    }
}
