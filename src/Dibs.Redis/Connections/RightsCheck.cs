using StackExchange.Redis;

namespace Dibs.Redis.Connections;

/// <summary>What a script without effect found out: what the server says of itself, and what its user may not do in a step.</summary>
/// <param name="Info">The answer to INFO; empty if the user may not ask.</param>
/// <param name="Reads">Commands that read and are refused.</param>
/// <param name="Changes">Commands that change something and are refused.</param>
internal sealed record RightsCheck(string Info, IReadOnlyList<string> Reads, IReadOnlyList<string> Changes)
{
    // With this one nothing that was added can be removed, so no other is tried.
    private const string FirstChange = "DEL";

    private static readonly string Script = ReadScript();

    /// <summary>The user may change nothing.</summary>
    public bool IsReadOnly => Changes.Contains(FirstChange, StringComparer.Ordinal);

    /// <param name="database">Where it runs.</param>
    /// <param name="key">A key of the namespace that is used for nothing else.</param>
    /// <param name="channel">A channel of the namespace to which nobody listens.</param>
    /// <param name="isSharded">Hints go over sharded channels.</param>
    public static async Task<RightsCheck> RunAsync(IDatabase database, string key, string channel, bool isSharded)
    {
        var reply = (string[])(await database.ExecuteAsync("EVAL", [Script, 1, (RedisKey)key, isSharded ? "SPUBLISH" : "PUBLISH", channel], CommandFlags.DemandMaster).ConfigureAwait(false))!;
        var refused = reply.Skip(1).Chunk(2).ToLookup(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
        return new RightsCheck(reply[0], [.. refused["r"]], [.. refused["w"]]);
    }

    /// <summary>A user may do all that steps do, or only look: a step that is refused in its middle would leave half of its changes.</summary>
    /// <exception cref="DibsConfigurationException">The user may do neither (<c>store-rights</c>).</exception>
    public void Require(MissingRights rights)
    {
        if (Reads.Count > 0)
            throw rights.ToRun(Reads);
        if (Changes.Count > 0 && !IsReadOnly)
            throw rights.ToRun(Changes);
    }

    private static string ReadScript()
    {
        using var stream = typeof(RightsCheck).Assembly.GetManifestResourceStream("check.lua")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
