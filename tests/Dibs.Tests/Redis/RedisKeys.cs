using Dibs.Tests.Redis.Servers;

namespace Dibs.Tests.Redis;

/// <summary>The keys that a test left in a server that others use too.</summary>
internal static class RedisKeys
{
    private const string Find = """
        local keys, cursor = {}, '0'
        repeat
          local found = redis.call('SCAN', cursor, 'MATCH', ARGV[1] .. '*', 'COUNT', 1000)
          cursor = found[1]
          for _, key in ipairs(found[2]) do keys[#keys + 1] = key end
        until cursor == '0'
        """;

    /// <summary>All keys that begin so. Keys with bytes that are no text come out changed.</summary>
    public static async Task<string[]> AllAsync(RedisServer server, string prefix) =>
        (await server.AskAsync("EVAL", $"{Find} return keys", "0", prefix)).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Removes them: what is left slows down everybody who looks through all keys of the server.</summary>
    public static Task SweepAsync(RedisServer server, string prefix) =>
        server.AskAsync("EVAL", $"{Find} for _, key in ipairs(keys) do redis.call('UNLINK', key) end return #keys", "0", prefix);
}
