using Dibs.Redis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using StackExchange.Redis;

namespace Dibs;

/// <summary>Keeps jobs in Redis or Valkey.</summary>
public static class RedisDibsBuilderExtensions
{
    /// <summary>Keeps jobs in Redis or Valkey (6.2 or later), which any number of machines may share. What was acknowledged is as durable as the server's settings make it.</summary>
    /// <param name="dibs">The builder.</param>
    /// <param name="address">
    /// An address such as <c>redis://HOST:6379/0</c> (see <see cref="RedisAddress.Parse"/>), or a connection string of
    /// StackExchange.Redis. Files in it are meant from the content root.
    /// </param>
    /// <exception cref="DibsConfigurationException">The address is malformed. Whether anything answers there is seen when the application starts.</exception>
    public static DibsBuilder UseRedis(this DibsBuilder dibs, string address)
    {
        ArgumentException.ThrowIfNullOrEmpty(address);
        return dibs.UseRedis(RedisAddress.IsUrl(address) ? RedisAddress.Parse(address) : RedisAddress.FromConnectionString(address));
    }

    /// <summary>Keeps jobs in Redis or Valkey, at an address that was put together, for instance with a password from elsewhere.</summary>
    /// <param name="dibs">The builder.</param>
    /// <param name="address">The address. Files in it are meant from the content root.</param>
    public static DibsBuilder UseRedis(this DibsBuilder dibs, RedisAddress address)
    {
        ArgumentNullException.ThrowIfNull(dibs);
        ArgumentNullException.ThrowIfNull(address);
        return dibs.UseStore((services, @namespace) =>
            new RedisJobStore(address.WithFilesFrom(services.GetService<IHostEnvironment>()?.ContentRootPath ?? Directory.GetCurrentDirectory()), @namespace));
    }

    /// <summary>
    /// Keeps jobs in Redis or Valkey over a connection of the application, which is never disposed. Heartbeats share it: a payload that
    /// takes long to send delays them, so where payloads are large give an address instead. They are also answered by the pool of threads, which
    /// must not be full for as long as 2/3 of a lease, unless the switch <c>DedicatedThreads</c> of StackExchange.Redis was on when it was connected.
    /// </summary>
    /// <param name="dibs">The builder.</param>
    /// <param name="connection">The connection, with its database, its time-outs and its way to reconnect.</param>
    /// <param name="prefix">What every key and channel begins with; at most 256 bytes, without braces. Default: nothing.</param>
    public static DibsBuilder UseRedis(this DibsBuilder dibs, IConnectionMultiplexer connection, string prefix = "")
    {
        ArgumentNullException.ThrowIfNull(connection);
        return dibs.UseRedis(_ => connection, prefix);
    }

    /// <summary>As <see cref="UseRedis(DibsBuilder, IConnectionMultiplexer, string)"/>, with a connection from the services of the application.</summary>
    /// <param name="dibs">The builder.</param>
    /// <param name="connection">Finds the connection: <c>services => services.GetRequiredService&lt;IConnectionMultiplexer>()</c>.</param>
    /// <param name="prefix">What every key and channel begins with; at most 256 bytes, without braces. Default: nothing.</param>
    public static DibsBuilder UseRedis(this DibsBuilder dibs, Func<IServiceProvider, IConnectionMultiplexer> connection, string prefix = "")
    {
        ArgumentNullException.ThrowIfNull(dibs);
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(prefix);
        return dibs.UseStore((services, @namespace) => new RedisJobStore(connection(services), prefix, @namespace));
    }
}
