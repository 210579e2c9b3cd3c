using Dibs.Tests.Redis.Servers;

[assembly: AssemblyFixture(typeof(SharedRedis))]

namespace Dibs.Tests.Redis.Servers;

/// <summary>
/// The one plain server that all tests of a run share, each in a namespace of its own; started when a test first asks for it. Take it
/// as a parameter of the constructor of a test class.
/// </summary>
public sealed class SharedRedis : IAsyncDisposable
{
    private readonly Lazy<Task<RedisServer>> _server = new(() => RedisServer.StartAsync());

    public Task<RedisServer> ServerAsync() => _server.Value;

    /// <summary>A namespace that nobody else uses.</summary>
    public static string NewNamespace() => $"test-{Guid.NewGuid():N}";

    public async ValueTask DisposeAsync()
    {
        if (_server.IsValueCreated)
            await (await _server.Value).DisposeAsync();
    }
}
