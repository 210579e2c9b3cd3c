using System.Text.Json;
using FileRepository.Manifests;

namespace FileRepository.Storing;

/// <summary>What a sync read. An equal one later has nothing to do.</summary>
/// <param name="Url">The manifest.</param>
/// <param name="Mirror">Whether files that the manifest does not name were removed.</param>
/// <param name="Checksum">SHA-256 of the manifest.</param>
/// <param name="Version">The latest version afterwards.</param>
public sealed record SyncDetails(Uri Url, bool Mirror, string Checksum, int Version);

/// <summary>Files in numbered versions. A version never changes; only one caller at a time may add one.</summary>
public sealed class Repository(string name, string directory)
{
    private readonly string _lastSync = Path.Combine(directory, "last-sync.json");

    public string Name => name;

    public Series Versions { get; } = new(Path.Combine(directory, "versions"));

    /// <summary>What the last good sync read; null before the first, or if that is not known.</summary>
    public SyncDetails? LastSync
    {
        get
        {
            try
            {
                return File.Exists(_lastSync) ? JsonSerializer.Deserialize<SyncDetails>(File.ReadAllBytes(_lastSync)) : null;
            }
            catch (JsonException)
            {
                // It only spares work, so one that a power failure cut short is as good as none.
                return null;
            }
        }
        set
        {
            var next = _lastSync + ".next";
            File.WriteAllBytes(next, JsonSerializer.SerializeToUtf8Bytes(value));
            File.Move(next, _lastSync, overwrite: true);
        }
    }

    /// <summary>The files of a version; version 0 has none.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such version.</exception>
    public IReadOnlyList<ManifestEntry> ContentOf(int version)
    {
        if (version == 0)
            return [];
        var manifest = Path.Combine(Versions.PathOf(version), Manifest.FileName);
        return File.Exists(manifest)
            ? Manifest.Parse(File.ReadAllBytes(manifest), SyncLimits.None)
            : throw new ArgumentOutOfRangeException(nameof(version), version, $"Repository '{name}' has no such version; the latest is {Versions.Latest}.");
    }
}
