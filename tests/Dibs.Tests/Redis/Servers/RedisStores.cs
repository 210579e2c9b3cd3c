using Dibs.Redis;
using Dibs.Redis.Connections;

namespace Dibs.Tests.Redis.Servers;

/// <summary>Makes stores as an application does, but with a clock of the test.</summary>
internal static class RedisStores
{
    public static RedisJobStore Create(string address, string @namespace, TimeProvider? time = null) =>
        new(new RedisLink(RedisAddress.Parse(address), @namespace), @namespace, time);
}
