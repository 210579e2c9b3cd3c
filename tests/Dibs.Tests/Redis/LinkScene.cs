using Dibs.Redis;
using Dibs.Redis.Connections;
using Dibs.Redis.Scripts;
using StackExchange.Redis;

namespace Dibs.Tests.Redis;

/// <summary>A link with a namespace of its own, and what tests do with one.</summary>
internal static class LinkScene
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static string NewNamespace() => $"link-{Guid.NewGuid():N}";

    public static RedisLink Link(string address) => new(RedisAddress.Parse(address), NewNamespace());

    /// <summary>A link that is open.</summary>
    public static async Task<RedisLink> OpenAsync(string address)
    {
        var link = Link(address);
        await link.OpenAsync(Token);
        return link;
    }

    /// <summary>Runs a step that writes at its first run in a namespace, and answers the schema that it found: 0, then 1.</summary>
    public static async Task<int> RunAsync(this RedisLink link, Lane lane = Lane.Work, CancellationToken? token = null) =>
        (int)((RedisValue[])(await link.RunAsync(Script.Open, new StepArguments().With(StepRunner.Schema, null, ""), lane, token ?? Token))!)[0];

    /// <summary>The error with which a store is refused; it must come within the 10 seconds that the design allows.</summary>
    public static async Task<TError> RefusalAsync<TError>(string address, string? user = null, string? password = null) where TError : DibsException
    {
        await using var link = new RedisLink(RedisAddress.Parse(address) with { User = user, Password = password }, "ns");
        var opening = Assert.ThrowsAsync<TError>(() => link.OpenAsync(Token).AsTask());
        var error = await opening.WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System, Token);
        TestContext.Current.TestOutputHelper?.WriteLine($"{error.Code}: {error.Message}");
        Assert.DoesNotContain('\n', error.Message);
        Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal);
        return error;
    }
}
