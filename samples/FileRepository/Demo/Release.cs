using System.Security.Cryptography;
using FileRepository.Manifests;

namespace FileRepository.Demo;

/// <summary>What a remote offers at one time. Three releases follow from one set of files.</summary>
internal sealed record Release(IReadOnlyList<SourceFile> Files)
{
    public string Manifest { get; } = Manifests.Manifest.Write(Files.Select(file => file.Entry));

    /// <summary>All but the last tenth.</summary>
    public static Release First(IReadOnlyList<SourceFile> set) => new([.. set.SkipLast(set.Count / 10)]);

    /// <summary>All but the first tenth, so that files come and go; and one path has other bytes than before.</summary>
    public static Release Second(IReadOnlyList<SourceFile> set)
    {
        SourceFile[] files = [.. set.Skip(set.Count / 10)];
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
