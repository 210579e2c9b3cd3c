using Dibs.Stores;
using Dibs.Tests.Redis.Servers;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace Dibs.Tests.Redis;

public class UseRedisTests(SharedRedis redis)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_address_or_a_connection_string_chooses_the_store()
    {
        var server = await redis.ServerAsync();
        Assert.Equal($"redis://{server.EndPoint}/0?prefix=app%3A", await LocationAsync(dibs => dibs.UseRedis($"redis://{server.EndPoint}?prefix=app%3A")));
        Assert.Equal($"redis://{server.EndPoint}/1", await LocationAsync(dibs => dibs.UseRedis($"{server.EndPoint},defaultDatabase=1")));
    }

    [Fact]
    public async Task A_connection_of_the_application_is_used_and_left_open()
    {
        var server = await redis.ServerAsync();
        await using var theirs = await ConnectionMultiplexer.ConnectAsync(server.EndPoint);
        Assert.Equal($"redis://{server.EndPoint}", await LocationAsync(dibs => dibs.UseRedis(theirs, "app:")));
        Assert.Equal($"redis://{server.EndPoint}", await LocationAsync(dibs => dibs.UseRedis(_ => theirs)));
        Assert.True(theirs.IsConnected);
        Assert.True(await theirs.GetDatabase().PingAsync() > TimeSpan.Zero);
    }

    [Fact]
    public void A_malformed_address_is_refused_where_it_is_given() =>
        Assert.Throws<DibsConfigurationException>(() => new ServiceCollection().AddDibs(dibs => dibs.UseRedis("redis://h?prefx=a")));

    private static async Task<string> LocationAsync(Action<DibsBuilder> choose)
    {
        var name = SharedRedis.NewNamespace();
        await using var services = new ServiceCollection().AddDibs(dibs =>
        {
            choose(dibs.WithoutMethods().Configure(options => options.Namespace = name));
        }).BuildServiceProvider();
        return (await services.GetRequiredService<IJobStore>().OpenAsync(Token)).Location;
    }
}
