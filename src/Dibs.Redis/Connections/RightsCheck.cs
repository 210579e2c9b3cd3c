using StackExchange.Redis;

namespace Dibs.Redis.Connections;

/// <summary>Finds out by a script without effect whether the user may do what the steps do.</summary>
internal sealed class RightsCheck(IDatabase database, MissingRights rights, string key, string channel, bool isSharded)
{
    private static readonly string Script = ReadScript();

    /// <summary>The user may read and change nothing.</summary>
    /// <exception cref="DibsConfigurationException">The user may not read, or may change only in part (<c>store-rights</c>).</exception>
    public async Task<bool> IsReadOnlyAsync()
    {
        var publish = isSharded ? "SPUBLISH" : "PUBLISH";
        var reply = (string[])(await database.ExecuteAsync("EVAL", [Script, 1, (RedisKey)key, publish, channel], CommandFlags.DemandMaster).ConfigureAwait(false))!;
        var refused = reply.Chunk(2).ToLookup(pair => pair[0], pair => pair[1]);
        if (refused["r"].Any())
            throw rights.ToRun([.. refused["r"]]);
        if (refused["w"].Contains("DEL"))
            return true;
        return refused["w"].Any() ? throw rights.ToRun([.. refused["w"]]) : false;
    }

    private static string ReadScript()
    {
        using var stream = typeof(RightsCheck).Assembly.GetManifestResourceStream("check.lua")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
