using System.Globalization;

namespace FileRepository.Manifests;

/// <summary>One file: where it is, what its bytes are, how many.</summary>
public sealed record ManifestEntry(RelativePath Path, Digest Digest, long Size)
{
    /// <exception cref="FormatException">The line is not <c>relative_path,sha256,size</c>.</exception>
    public static ManifestEntry Parse(string line)
    {
        // From the right, because a path may have commas.
        var sizeComma = line.LastIndexOf(',');
        var digestComma = sizeComma > 0 ? line.LastIndexOf(',', sizeComma - 1) : -1;
        if (digestComma < 0)
            throw new FormatException("There are fewer than three fields.");

        var path = RelativePath.Parse(line[..digestComma].Trim());
        if (path.Segments[0].Equals(Manifest.FileName, StringComparison.OrdinalIgnoreCase))
            throw new FormatException($"The path '{path}' is the place of the manifest itself.");
        var digest = line[(digestComma + 1)..sizeComma].Trim();
        if (!Digest.TryParse(digest, out var sha256))
            throw new FormatException($"The digest of '{path}' is not a SHA-256 of {Digest.Length} hexadecimal digits.");
        var size = line[(sizeComma + 1)..].Trim();
        if (!long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes))
            throw new FormatException($"The size of '{path}' is not a number of bytes in digits.");
        return new ManifestEntry(path, sha256, bytes);
    }

    /// <summary>The line of a manifest.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Path},{Digest},{Size}");
}
