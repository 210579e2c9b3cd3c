using System.Globalization;
using System.Text;

namespace FileRepository.Manifests;

/// <summary>
/// The path of a file inside a repository. It comes from strangers, so what is accepted here means the same file below
/// any directory, on any system: nothing absolute, nothing that climbs, no name that some system reads otherwise.
/// </summary>
public sealed record RelativePath
{
    /// <summary>Bytes of UTF-8, so that a path still fits below a directory on every common system (PATH_MAX is 4,096).</summary>
    public const int MaxBytes = 1024;

    /// <summary>Bytes of UTF-8 between two slashes: NAME_MAX of the common file systems.</summary>
    public const int MaxSegmentBytes = 255;

    private static readonly UTF8Encoding _strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private RelativePath(string value) => Value = value;

    /// <summary>The path with slashes, whatever the system.</summary>
    public string Value { get; }

    /// <summary>The names between the slashes.</summary>
    public IReadOnlyList<string> Segments => Value.Split('/');

    /// <exception cref="FormatException">It is no path that means the same everywhere; the message says which rule it breaks.</exception>
    public static RelativePath Parse(string text)
    {
        if (Flaw(text) is { } flaw)
            throw new FormatException($"The path '{Printable(text)}' {flaw}.");
        return new RelativePath(text);
    }

    public override string ToString() => Value;

    private static string? Flaw(string path)
    {
        if (path.Length == 0)
            return "is empty";
        if (path[0] is '/')
            return "is absolute; give it relative to the manifest";
        if (path[0] is '#')
            return "starts with '#', which a manifest reads as a comment";
        if (path.Any(char.IsControl))
            return "has a control character";
        if (path.AsSpan().IndexOfAny('\\', ':') is >= 0 and var at)
            return $"has a '{path[at]}', which some systems read as part of another place";
        if (Bytes(path) is not { } bytes)
            return "is not valid Unicode";
        if (bytes > MaxBytes)
            return $"has {bytes} bytes; the limit is {MaxBytes}";
        return path.Split('/').Select(SegmentFlaw).FirstOrDefault(flaw => flaw is not null);
    }

    private static string? SegmentFlaw(string segment)
    {
        if (segment.Length == 0)
            return "has an empty segment; write single slashes, and none at the end";
        if (segment is "." or "..")
            return $"has the segment '{segment}'; write the path without it";
        if (char.IsWhiteSpace(segment[0]) || char.IsWhiteSpace(segment[^1]) || segment[^1] is '.')
            return "has a segment that begins or ends with a space, or ends with a dot, which some systems drop";
        if (IsDeviceName(segment))
            return $"has the segment '{segment}', which is a device on some systems";
        if (Bytes(segment) is > MaxSegmentBytes and var bytes)
            return $"has a segment of {bytes} bytes; the limit is {MaxSegmentBytes}";
        return null;
    }

    /// <summary>Windows opens the device whatever follows the first dot: <c>nul.txt</c> is <c>NUL</c>.</summary>
    private static bool IsDeviceName(string segment)
    {
        var stem = segment.Split('.')[0].TrimEnd().ToUpperInvariant();
        return stem is "CON" or "PRN" or "AUX" or "NUL" or "CONIN$" or "CONOUT$"
            || stem is ['C', 'O', 'M', _] or ['L', 'P', 'T', _] && (char.IsAsciiDigit(stem[3]) || stem[3] is '¹' or '²' or '³');
    }

    private static int? Bytes(string text)
    {
        try
        {
            return _strict.GetByteCount(text);
        }
        catch (EncoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>A hostile name must not move the cursor of whoever reads the error, nor turn the text around, nor fill the screen.</summary>
    private static string Printable(string text)
    {
        var shown = string.Concat(text.Take(200).Select(c => char.IsControl(c) || char.IsSurrogate(c) || char.GetUnicodeCategory(c) is UnicodeCategory.Format ? '\uFFFD' : c));
        return text.Length > 200 ? shown + "…" : shown;
    }
}
