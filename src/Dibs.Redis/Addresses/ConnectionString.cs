using System.Net;
using StackExchange.Redis;

namespace Dibs.Redis.Addresses;

/// <summary>Reads a connection string of StackExchange.Redis.</summary>
internal static class ConnectionString
{
    public static RedisAddress Read(string text)
    {
        var options = Parse(text);
        if (options.EndPoints.Count == 0)
            throw new DibsConfigurationException("store-malformed", "the Redis connection string names no server; write it as in 'cache:6379,ssl=true'");
        return new RedisAddress
        {
            // Several servers may also be a primary and its replicas; StackExchange.Redis finds out.
            Mode = options.ServiceName is not null ? RedisMode.Sentinel : options.EndPoints.Count > 1 ? RedisMode.Cluster : RedisMode.Standalone,
            Hosts = [.. options.EndPoints.Select(ToHost)],
            Service = options.ServiceName,
            User = options.User,
            Password = options.Password,
            Database = options.DefaultDatabase ?? 0,
            Tls = options.Ssl,
            Template = options,
        };
    }

    private static ConfigurationOptions Parse(string text)
    {
        try
        {
            var options = ConfigurationOptions.Parse(text);
            // The ports of sentinels it sets when it connects to them.
            if (options.ServiceName is null)
                options.SetDefaultPorts();
            return options;
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            // Not its message, which may repeat a value.
            var option = e is ArgumentException { ParamName: { Length: > 0 } name } && name.All(char.IsLetter) ? $" (at '{name}')" : "";
            throw new DibsConfigurationException("store-malformed",
                $"the Redis connection string has an option or a value that StackExchange.Redis cannot read{option}; correct it, or write an address such as redis://HOST:6379");
        }
    }

    public static RedisHost ToHost(EndPoint endPoint) => endPoint switch
    {
        DnsEndPoint dns => new RedisHost(dns.Host, Port(dns.Port)),
        IPEndPoint ip => new RedisHost(ip.Address.ToString(), Port(ip.Port)),
        _ => new RedisHost(endPoint.ToString() ?? "", 0),
    };

    private static int Port(int port) => port == 0 ? RedisHost.SentinelPort : port;
}
