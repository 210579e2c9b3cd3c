using System.Security.Cryptography;
using FileRepository.Manifests;

namespace FileRepository.Demo;

/// <summary>What a remote offers at one time. Three releases follow from one set of files.</summary>
internal sealed record Release(IReadOnlyList<SourceFile> Files)
{
    public string Manifest { get; } = Manifests.Manifest.Write(Files.Select(file => file.Entry));

    // Of five files, one is only in the first release and one only in the later ones.
    private const int Share = 5;

    public static Release First(IReadOnlyList<SourceFile> set) => new([.. set.Where((_, index) => index % Share != 1)]);

    /// <summary>Files have come and gone since the first, and one path has other bytes than before.</summary>
    public static Release Second(IReadOnlyList<SourceFile> set)
    {
        SourceFile[] files = [.. set.Where((_, index) => index % Share != 0)];
        var other = set[0];
        files[0] = new SourceFile(other.Entry with { Path = files[0].Entry.Path }, other.Source);
        return new Release(files);
    }

    /// <summary>As this one, but the manifest has a wrong digest for the last file.</summary>
    public Release Corrupted()
    {
        var last = Files[^1];
        var wrong = Digest.OfHash(SHA256.HashData("other bytes"u8));
        return new Release([.. Files.SkipLast(1), last with { Entry = last.Entry with { Digest = wrong } }]);
    }
}
