using FileRepository.Manifests;

namespace FileRepository.Storing;

/// <summary>Files named by the sha256 of their bytes: the same bytes are stored once, however many repositories have them.</summary>
public sealed class ArtifactStore(string directory)
{
    public string Root => directory;

    public string PathOf(Digest digest) => Path.Combine(directory, digest.Value[..2], digest.Value[2..]);

    /// <summary>Whether it is there in full. One of another size, which a power failure may leave, does not count.</summary>
    public bool Has(Digest digest, long size) => new FileInfo(PathOf(digest)) is { Exists: true } file && file.Length == size;

    /// <summary>Takes over a file whose bytes were verified. If another sync was first, its file is replaced by the same bytes.</summary>
    public void Adopt(string file, Digest digest)
    {
        var path = PathOf(digest);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.Move(file, path, overwrite: true);
    }

    /// <summary>Reads an artifact from end to end.</summary>
    /// <exception cref="IOException">It is missing, or its bytes are not what they were.</exception>
    public async Task VerifyAsync(Digest digest, CancellationToken cancellationToken)
    {
        var found = await Digest.OfFileAsync(PathOf(digest), cancellationToken);
        if (found != digest)
            throw new IOException($"The artifact '{PathOf(digest)}' is damaged: its sha256 is {found}. Delete it and sync the repository again.");
    }
}
