using System.Globalization;
using StackExchange.Redis;

namespace Dibs.Redis.Connections;

/// <summary>Reads what a server says of itself by INFO.</summary>
/// <param name="text">Its answer; empty if the user may not ask.</param>
internal sealed class ServerInfo(string text)
{
    // Others are compatible with Redis and say so in a field of their own.
    private static readonly (string Field, string Flavour)[] Flavours =
        [("valkey_version", "Valkey"), ("dragonfly_version", "Dragonfly"), ("garnet_version", "Garnet"), ("redict_version", "Redict")];

    private readonly Dictionary<string, string> _fields = text.Split('\n')
        .Select(line => line.Trim().Split(':', 2))
        .Where(pair => pair.Length == 2)
        .GroupBy(pair => pair[0], StringComparer.Ordinal)
        .ToDictionary(group => group.Key, group => group.First()[1], StringComparer.Ordinal);

    public ServerFacts ToFacts(IServer server) => new()
    {
        Version = Version.TryParse(_fields.GetValueOrDefault("redis_version"), out var version) ? version : server.Version,
        Flavour = Flavour(),
        Role = _fields.GetValueOrDefault("role") ?? (server.IsReplica ? "slave" : "master"),
        IsCluster = server.ServerType == ServerType.Cluster,
        EvictionPolicy = _fields.GetValueOrDefault("maxmemory_policy"),
        MaxMemory = long.TryParse(_fields.GetValueOrDefault("maxmemory"), NumberStyles.None, CultureInfo.InvariantCulture, out var most) ? most : null,
        AppendOnly = _fields.TryGetValue("aof_enabled", out var isOn) ? isOn == "1" : null,
        Databases = server.DatabaseCount,
    };

    private string Flavour()
    {
        if (Flavours.FirstOrDefault(flavour => _fields.ContainsKey(flavour.Field)).Flavour is { } flavour)
            return flavour;
        // KeyDB has no field of its own but this one.
        return _fields.ContainsKey("mvcc_depth") ? "KeyDB" : "Redis";
    }
}
