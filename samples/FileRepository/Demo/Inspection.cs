using Dibs;
using FileRepository.Manifests;
using FileRepository.Storing;

namespace FileRepository.Demo;

/// <summary>Something that was checked.</summary>
internal sealed record Finding(bool Good, string Title, string Text);

/// <summary>Checks, after the last job has ended, that everything is as it should be.</summary>
internal sealed class Inspection(Scenario scenario, Remotes remotes, Storage storage, Journal journal)
{
    public async Task<IReadOnlyList<Finding>> RunAsync(IReadOnlyList<JobRecord> jobs, CancellationToken cancellationToken) =>
    [
        Ends(jobs),
        Exclusion(journal.Entries, Turns.CallsOf(jobs)),
        await BytesAsync(jobs, cancellationToken),
        Failure(jobs.First(job => job.Id == Scenario.Corrupted)),
        Skips(jobs),
    ];

    private static Finding Ends(IReadOnlyList<JobRecord> jobs)
    {
        var wrong = jobs.Where(job => job.State != (job.Id == Scenario.Corrupted ? JobState.Failed : JobState.Completed)).ToList();
        return wrong.Count == 0
            ? new Finding(true, "Every job ended", $"{jobs.Count - 1} completed, 1 failed as it had to")
            : new Finding(false, "Jobs ended otherwise", string.Join("; ", wrong.Select(job => $"{job.Id}: {Outcome.Of(job)}")));
    }

    /// <summary>Compares every file of every publication with the file of this machine that it came from.</summary>
    private async Task<Finding> BytesAsync(IReadOnlyList<JobRecord> jobs, CancellationToken cancellationToken)
    {
        var completed = jobs.Where(job => job.State == JobState.Completed).Select(job => job.Id).ToHashSet();
        var unpublished = scenario.Publishes.Select(publish => publish.Job.Id).Where(id => !completed.Contains(id)).ToList();
        if (unpublished.Count > 0)
            return new Finding(false, "Publications are missing", string.Join(", ", unpublished));

        int files = 0;
        long bytes = 0;
        var digests = new HashSet<Digest>();
        foreach (var (job, release) in scenario.Publishes)
        {
            var published = Path.Combine(storage.Root, (await job.ResultAsync(cancellationToken)).Directory);
            var (manifest, expected) = (remotes.ReleaseOf(release).Manifest, remotes.ReleaseOf(release).Files);
            var there = Directory.EnumerateFiles(published, "*", SearchOption.AllDirectories).Count();
            if (there != expected.Count + 1)
                return new Finding(false, "Published files differ", $"{job.Id} has {there}, expected {expected.Count} and a manifest");
            if (await File.ReadAllTextAsync(Path.Combine(published, Manifest.FileName), cancellationToken) != manifest)
                return new Finding(false, "Published manifests differ", $"that of {job.Id} is not that of {release}");
            foreach (var (entry, source) in expected)
            {
                if (!await SameBytesAsync(Path.Combine(published, entry.Path.Value), source, cancellationToken))
                    return new Finding(false, "Published bytes differ", $"{job.Id}: {entry.Path} is not {source}");
                bytes += entry.Size;
                digests.Add(entry.Digest);
            }
            files += expected.Count;
        }
        var artifacts = Directory.EnumerateFiles(storage.Artifacts.Root, "*", SearchOption.AllDirectories).Count();
        return artifacts == digests.Count
            ? new Finding(true, "Every byte verified",
                $"{Screen.Count(files)} files in {scenario.Publishes.Count} publications, {Screen.Megabytes(bytes)}, equal their sources; {Screen.Count(artifacts)} artifacts stored once each")
            : new Finding(false, "Artifacts are not stored once each", $"{Screen.Count(artifacts)} artifacts for {Screen.Count(digests.Count)} different files");
    }

    /// <summary>False if the left one is not there.</summary>
    private static async Task<bool> SameBytesAsync(string left, string right, CancellationToken cancellationToken)
    {
        if (!File.Exists(left))
            return false;
        var (one, other) = (await File.ReadAllBytesAsync(left, cancellationToken), await File.ReadAllBytesAsync(right, cancellationToken));
        return one.AsSpan().SequenceEqual(other);
    }

    /// <summary>By two witnesses: what the code wrote down while it touched things, and what the store says of the jobs.</summary>
    internal static Finding Exclusion(IReadOnlyList<JournalEntry> witnessed, IReadOnlyList<JournalEntry> stored)
    {
        var clashes = Journal.Clashes(witnessed).Concat(Journal.Clashes(stored)).ToList();
        return clashes.Count == 0
            ? new Finding(true, "No two in conflict met", $"by what {witnessed.Count} calls wrote down while they ran, and by what the store says of {stored.Count} jobs")
            : new Finding(false, "JOBS IN CONFLICT OVERLAPPED", string.Join("; ", clashes.Select(clash => $"{clash.First.Caller} and {clash.Second.Caller} on {clash.Resource}")));
    }

    /// <summary>The corrupted sync names both digests, and left neither a version nor an incomplete one.</summary>
    private Finding Failure(JobRecord failed)
    {
        var promised = remotes.ReleaseOf("runtime/corrupted").Files[^1].Entry;
        var found = remotes.ReleaseOf("runtime/second").Files[^1].Entry;
        var message = failed.Error?.Message ?? "";
        var versions = new DirectoryInfo(Path.GetDirectoryName(storage.Repository("runtime").Versions.PathOf(1))!);
        var left = versions.Exists ? versions.EnumerateDirectories().Select(version => version.Name).Order(StringComparer.Ordinal).ToList() : [];
        var good = message.Contains(promised.Digest.Value, StringComparison.Ordinal)
            && message.Contains(found.Digest.Value, StringComparison.Ordinal)
            && failed.Created is null or []
            && left.SequenceEqual(["1", "2"]);
        return new Finding(good, good ? "The corrupted sync failed" : "The corrupted sync went wrong", $"{message} No version of it is left: runtime has {string.Join(", ", left)}.");
    }

    private static Finding Skips(IReadOnlyList<JobRecord> jobs)
    {
        var skipped = jobs.Where(job => Outcome.Phase(job, "sync.was_skipped") is not null).Select(job => job.Id).ToList();
        return new Finding(skipped.Count == 3, "Unchanged manifests were skipped", string.Join(", ", skipped));
    }
}
