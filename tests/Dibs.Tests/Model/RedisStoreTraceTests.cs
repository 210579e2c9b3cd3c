using Dibs.Redis;
using Dibs.Redis.Connections;
using Dibs.Stores;
using Dibs.Tests.Redis;
using Dibs.Tests.Redis.Servers;

namespace Dibs.Tests.Model;

/// <summary>The Redis store against the memory store.</summary>
public sealed class RedisStoreTraceTests(SharedRedis redis) : StoreTraceTests
{
    private protected override ITrialSubject MakeSubject() => new RedisSubject(redis);

    private sealed class RedisSubject(SharedRedis redis) : ITrialSubject
    {
        private readonly string _prefix = $"{Guid.NewGuid():N}:";

        public bool OutlivesItsProcess => true;

        public async Task<IJobStore> OpenAsync(TimeProvider time)
        {
            var server = await redis.ServerAsync();
            var store = new RedisJobStore(new RedisLink(RedisAddress.Parse($"{server.Address}?prefix={_prefix}"), "default"), "default", time);
            await store.OpenAsync(CancellationToken.None);
            return store;
        }

        public async ValueTask DisposeAsync() => await RedisKeys.SweepAsync(await redis.ServerAsync(), _prefix);
    }
}
