namespace Dibs.Redis.Connections;

/// <summary>What a server is, as it was found when the store was opened.</summary>
internal sealed record ServerFacts
{
    /// <summary>Its version; of Valkey and others the version of Redis that they are compatible with.</summary>
    public required Version Version { get; init; }

    /// <summary><c>Redis</c>, <c>Valkey</c>, <c>KeyDB</c>, <c>Dragonfly</c> …</summary>
    public required string Flavour { get; init; }

    /// <summary><c>master</c>; another role is refused.</summary>
    public required string Role { get; init; }

    /// <summary>It is one of a cluster.</summary>
    public required bool IsCluster { get; init; }

    /// <summary>What it removes at <c>maxmemory</c>, such as <c>noeviction</c>; none if it does not say.</summary>
    public string? EvictionPolicy { get; init; }

    /// <summary>Most bytes of memory; 0 for no limit, none if it does not say.</summary>
    public long? MaxMemory { get; init; }

    /// <summary>It writes an append-only file; none if it does not say.</summary>
    public bool? AppendOnly { get; init; }

    /// <summary>It takes snapshots by itself; none if it does not say.</summary>
    public bool? Snapshots { get; init; }

    /// <summary>How much its clock is ahead of this machine's, as far as the round trip lets one tell; none if the user may not ask.</summary>
    public TimeSpan? ClockOffset { get; init; }

    /// <summary>How many databases it has; none if it does not say.</summary>
    public int? Databases { get; init; }

    /// <summary>Its user may read and not write: enough to look, not to enqueue or work.</summary>
    public bool IsReadOnlyUser { get; init; }

    /// <summary>What is not as it should be, each with its remedy, in one line each.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>It has sharded channels, and they are to be used: in a cluster other channels go to every server.</summary>
    public bool IsSharded => HasShardedChannels(IsCluster, Version);

    /// <summary>Whether such a server has sharded channels.</summary>
    public static bool HasShardedChannels(bool isCluster, Version version) => isCluster && version.Major >= 7;
}
