using System.Globalization;

namespace Dibs.Redis.Connections;

/// <summary>What Dibs thinks of a server: refused where jobs would be lost or nothing would work, else warnings with their remedies.</summary>
/// <param name="location">The store as people may see it.</param>
/// <param name="user">Its name for our user.</param>
/// <param name="facts">What was found.</param>
internal sealed class ServerVerdict(string location, string user, ServerFacts facts)
{
    private static readonly Version Oldest = new(6, 2);
    private static readonly TimeSpan LargestOffset = TimeSpan.FromSeconds(1);

    private string Store => $"the store {location}";

    /// <exception cref="DibsConfigurationException">It is not used.</exception>
    public void Require()
    {
        if (facts.Version < Oldest)
            throw new DibsConfigurationException("store-version", $"{Store} is {facts.Flavour} {facts.Version}; the oldest that works is {Oldest}, so upgrade the server");
        if (facts.Role != "master")
            throw new DibsConfigurationException("store-read-only", $"{Store} is a replica, which takes no changes; connect to the primary, or to the sentinels or the cluster, which name it");
        if (facts.MaxMemory > 0 && IsForAllKeys)
        {
            throw new DibsConfigurationException("store-eviction",
                $"{Store} removes keys at its maxmemory of {Number(facts.MaxMemory.Value)} bytes (maxmemory-policy {facts.EvictionPolicy}), and with them jobs; set maxmemory-policy noeviction");
        }
    }

    public IReadOnlyList<string> Warnings() => [.. Findings()];

    private bool IsForAllKeys => facts.EvictionPolicy?.StartsWith("allkeys", StringComparison.Ordinal) == true;

    private IEnumerable<string> Findings()
    {
        if (facts.EvictionPolicy is null)
            yield return $"{Store} does not tell its settings to this user, so that eviction and persistence could not be checked; allow it: ACL SETUSER {user} +info +config|get";
        else if (IsForAllKeys)
            yield return $"{Store} would remove jobs once it has a maxmemory (maxmemory-policy {facts.EvictionPolicy}); set maxmemory-policy noeviction";
        else if (facts.EvictionPolicy != "noeviction")
            yield return $"{Store} removes keys that expire at its maxmemory (maxmemory-policy {facts.EvictionPolicy}); Dibs has none, but set maxmemory-policy noeviction to be safe";
        if (facts is { AppendOnly: false, Snapshots: false })
            yield return $"{Store} keeps nothing on disk, so that a restart loses every job; set appendonly yes";
        if (facts.ClockOffset is { } offset && offset.Duration() > LargestOffset)
        {
            var direction = offset > TimeSpan.Zero ? "ahead of" : "behind";
            yield return $"{Store} has a clock {Seconds(offset.Duration())} s {direction} this machine's, so that times shown differ and delays from here are off; let both follow a time server (NTP)";
        }
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
}
