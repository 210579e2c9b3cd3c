using Dibs.Redis;
using Dibs.Redis.Connections;
using Dibs.Stores;
using Dibs.Tests.Redis;
using Dibs.Tests.Redis.Servers;

namespace Dibs.Tests.Conformance;

public sealed class RedisStoreConformance(SharedRedis redis) : StoreConformance
{
    private readonly string _prefix = $"{Guid.NewGuid():N}:";

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await RedisKeys.SweepAsync(await redis.ServerAsync(), _prefix);
    }

    protected override async Task<IJobStore> CreateAsync(string @namespace, TimeProvider time)
    {
        var server = await redis.ServerAsync();
        return new RedisJobStore(new RedisLink(RedisAddress.Parse($"{server.Address}?prefix={_prefix}"), @namespace), @namespace, time);
    }
}
