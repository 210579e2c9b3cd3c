using Dibs;
using FileRepository.Manifests;
using FileRepository.Storing;

namespace FileRepository;

/// <summary>What a publish made.</summary>
/// <param name="Publication">Its name.</param>
/// <param name="Version">The version of the repository that it shows.</param>
/// <param name="Files">Its number of files.</param>
/// <param name="Directory">Where it is, below the storage.</param>
public sealed record PublishResult(string Publication, int Version, int Files, string Directory);

/// <summary>Makes a version of a repository available as a directory that any web server can serve.</summary>
public sealed class Publisher(Storage storage)
{
    /// <summary>
    /// Publishes a version under a name, after reading every artifact of it once more: what is published has the bytes that
    /// its manifest says. Earlier publications stay. If it fails or is canceled there is no new publication.
    /// </summary>
    /// <remarks>The caller must be the only one that writes this distribution, and nobody may write the repository meanwhile.</remarks>
    /// <param name="repository">The repository.</param>
    /// <param name="distribution">The name under which it is published.</param>
    /// <param name="version">The version. Default: the latest.</param>
    /// <param name="job">The job that runs this, if a job does.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such version.</exception>
    /// <exception cref="InvalidOperationException">There is no version at all.</exception>
    /// <exception cref="IOException">An artifact is missing or damaged.</exception>
    public async Task<PublishResult> PublishAsync(
        string repository,
        string distribution,
        int? version = null,
        JobContext? job = null,
        CancellationToken cancellationToken = default)
    {
        using var call = storage.Journal?.Enter(
            job?.JobId ?? nameof(PublishAsync), Touch.Read($"repository:{repository}"), Touch.Write($"distribution:{distribution}"));
        var source = storage.Repository(repository);
        var number = version ?? source.Versions.Latest;
        if (number == 0)
            throw new InvalidOperationException($"Repository '{repository}' has no version to publish; sync it first.");
        var content = source.ContentOf(number);

        var publications = storage.Distribution(distribution);
        using var draft = publications.Begin();
        var progress = job?.Progress("Publishing Artifacts", content.Count, "publishing.artifacts");
        foreach (var entry in content)
        {
            await storage.Artifacts.VerifyAsync(entry.Digest, cancellationToken);
            LinkTree.Add(draft.Path, entry.Path, storage.Artifacts.PathOf(entry.Digest));
            progress?.Increment();
        }
        await Manifest.SaveAsync(draft.Path, content, cancellationToken);
        draft.Complete();
        progress?.Complete();

        var name = $"publication:{distribution}/{draft.Number}";
        job?.Created(name);
        return new PublishResult(name, number, content.Count, Path.GetRelativePath(storage.Root, publications.PathOf(draft.Number)));
    }
}
