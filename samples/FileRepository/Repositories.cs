using Dibs;
using FileRepository.Manifests;
using FileRepository.Storing;
using Microsoft.AspNetCore.Mvc;

namespace FileRepository;

/// <summary>What a sync did.</summary>
/// <param name="Version">The version it made; null if nothing changed.</param>
/// <param name="Added">Files that are new in it.</param>
/// <param name="Removed">Files of the version before that are not in it, or with other bytes.</param>
/// <param name="Downloaded">Artifacts that were not there yet.</param>
/// <param name="Skipped">The manifest is the one of the last sync, so it was not even read.</param>
public sealed record SyncResult(int? Version, int Added, int Removed, int Downloaded, bool Skipped);

/// <summary>Takes the files of a remote into a repository.</summary>
public static class Repositories
{
    /// <summary>
    /// Reads the manifest of a remote, downloads what is not there yet, and makes a new version if anything changed. If it
    /// fails or is canceled there is no new version; artifacts that it had downloaded stay and need not be downloaded again.
    /// </summary>
    /// <remarks>The caller must be the only one that writes this repository: reserve <c>repository:NAME</c> exclusively.</remarks>
    /// <param name="name">The repository.</param>
    /// <param name="url">The manifest of the remote.</param>
    /// <param name="storage">Where repositories are kept.</param>
    /// <param name="mirror">Whether to remove files that the manifest does not name. Default: they stay.</param>
    /// <param name="job">The job that runs this, if a job does.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="FormatException">The manifest is malformed or unacceptable.</exception>
    /// <exception cref="RemoteException">The remote did not give what its manifest says.</exception>
    public static async Task<SyncResult> SyncAsync(
        string name,
        Uri url,
        [FromServices] Storage storage,
        bool mirror = false,
        JobContext? job = null,
        CancellationToken cancellationToken = default)
    {
        using var call = storage.Journal?.Enter(job?.JobId ?? nameof(SyncAsync), Touch.Write($"repository:{name}"), Touch.Read($"remote:{url}"));
        var repository = storage.Repository(name);
        var remote = new Remote(url, storage.Limits);
        using var draft = repository.Versions.Begin();

        var (text, digest) = await DownloadManifestAsync(remote, job, cancellationToken);
        var content = repository.ContentOf(repository.Versions.Latest);
        var details = new SyncDetails(url, mirror, digest.Value, repository.Versions.Latest);
        if (details == repository.LastSync && Missing(content, storage).Count == 0)
        {
            job?.Progress("Skipping Sync (no change from previous sync)", code: "sync.was_skipped").Complete();
            return new SyncResult(Version: null, Added: 0, Removed: 0, Downloaded: 0, Skipped: true);
        }

        var listed = ParseManifest(text, storage.Limits, job);
        var next = mirror ? listed : Merge(content, listed);
        var missing = Missing(next, storage);
        await DownloadAsync(missing, remote, storage, draft.Path, job, cancellationToken);

        HashSet<ManifestEntry> before = [.. content], after = [.. next];
        var added = after.Count(entry => !before.Contains(entry));
        var removed = before.Count(entry => !after.Contains(entry));
        if (added + removed > 0)
        {
            await Manifest.SaveAsync(draft.Path, next, cancellationToken);
            job?.Progress("Associating Content", added, "associating.content").Report(added);
            job?.Progress("Un-Associating Content", removed, "unassociating.content").Report(removed);
            draft.Complete();
            job?.Created($"repository:{name}/versions/{draft.Number}");
        }
        repository.LastSync = details with { Version = repository.Versions.Latest };
        return new SyncResult(added + removed > 0 ? draft.Number : null, added, removed, missing.Count, Skipped: false);
    }

    private static async Task<(byte[] Text, Digest Digest)> DownloadManifestAsync(Remote remote, JobContext? job, CancellationToken cancellationToken)
    {
        var progress = job?.Progress("Downloading Metadata", total: 1, "sync.downloading.metadata");
        var manifest = await remote.GetManifestAsync(cancellationToken);
        progress?.Increment();
        progress?.Complete();
        return manifest;
    }

    private static IReadOnlyList<ManifestEntry> ParseManifest(byte[] text, SyncLimits limits, JobContext? job)
    {
        var progress = job?.Progress("Parsing Metadata Lines", code: "sync.parsing.metadata");
        var entries = Manifest.Parse(text, limits);
        progress?.Report(entries.Count, entries.Count);
        progress?.Complete();
        return entries;
    }

    /// <summary>Without mirror, files of the version before stay unless the manifest has other bytes for their path.</summary>
    private static List<ManifestEntry> Merge(IReadOnlyList<ManifestEntry> before, IReadOnlyList<ManifestEntry> listed)
    {
        var replaced = listed.Select(entry => entry.Path).ToHashSet();
        List<ManifestEntry> merged = [.. before.Where(entry => !replaced.Contains(entry.Path)), .. listed];
        var paths = new PathSet();
        foreach (var entry in merged)
            paths.Add(entry.Path);
        return merged;
    }

    /// <summary>One entry per artifact that is not stored yet.</summary>
    private static List<ManifestEntry> Missing(IReadOnlyList<ManifestEntry> entries, Storage storage) =>
        [.. entries.DistinctBy(entry => (entry.Digest, entry.Size)).Where(entry => !storage.Artifacts.Has(entry.Digest, entry.Size))];

    private static async Task DownloadAsync(
        List<ManifestEntry> missing, Remote remote, Storage storage, string draft, JobContext? job, CancellationToken cancellationToken)
    {
        var progress = job?.Progress("Downloading Artifacts", missing.Count, "sync.downloading.artifacts");
        var downloads = Directory.CreateDirectory(Path.Combine(draft, "downloads"));
        var options = new ParallelOptions { MaxDegreeOfParallelism = storage.Limits.Downloads, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(missing, options, async (entry, stop) =>
        {
            var file = Path.Combine(downloads.FullName, $"{entry.Digest}-{entry.Size}");
            await remote.DownloadAsync(entry, file, stop);
            storage.Artifacts.Adopt(file, entry.Digest);
            progress?.Increment();
        });
        downloads.Delete();
        progress?.Complete();
    }
}
