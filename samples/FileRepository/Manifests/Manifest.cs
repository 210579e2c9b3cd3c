using System.Text;

namespace FileRepository.Manifests;

/// <summary>
/// A list of files as text, one <c>relative_path,sha256,size</c> per line; blank lines and lines that start with
/// <c>#</c> say nothing. The format is that of PULP_MANIFEST.
/// </summary>
public static class Manifest
{
    public const string FileName = "PULP_MANIFEST";

    private static readonly UTF8Encoding _strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="FormatException">A line is malformed, over a limit, or cannot stand beside an earlier one; the message has its number.</exception>
    public static IReadOnlyList<ManifestEntry> Parse(ReadOnlySpan<byte> utf8, SyncLimits limits)
    {
        var entries = new List<ManifestEntry>();
        var paths = new PathSet();
        var number = 0;
        foreach (var line in Decode(utf8).Split('\n').Select(line => line.Trim()))
        {
            number++;
            if (line.Length == 0 || line[0] == '#')
                continue;
            try
            {
                var entry = ManifestEntry.Parse(line);
                if (entry.Size > limits.FileBytes)
                    throw new FormatException($"The file '{entry.Path}' has {entry.Size} bytes; the limit is {limits.FileBytes}.");
                if (entries.Count == limits.Entries)
                    throw new FormatException($"There are more entries than the limit of {limits.Entries}.");
                paths.Add(entry.Path);
                entries.Add(entry);
            }
            catch (FormatException flaw)
            {
                throw new FormatException($"{FileName} line {number}: {flaw.Message} A line is 'relative_path,sha256,size'.", flaw);
            }
        }
        return entries;
    }

    public static string Write(IEnumerable<ManifestEntry> entries) => string.Concat(entries.Select(entry => $"{entry}\n"));

    /// <summary>Writes it into a directory, down to the disk: a rename of the directory that follows is never there before it.</summary>
    public static async Task SaveAsync(string directory, IEnumerable<ManifestEntry> entries, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(Path.Combine(directory, FileName), FileMode.CreateNew, FileAccess.Write);
        await file.WriteAsync(_strict.GetBytes(Write(entries)), cancellationToken);
        file.Flush(flushToDisk: true);
    }

    private static string Decode(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return _strict.GetString(utf8).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException flaw)
        {
            throw new FormatException($"{FileName} is not UTF-8 text: byte {flaw.Index} is wrong.", flaw);
        }
    }
}
