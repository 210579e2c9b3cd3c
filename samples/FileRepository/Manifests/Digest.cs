using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace FileRepository.Manifests;

/// <summary>A SHA-256, always as 64 lower-case hexadecimal digits.</summary>
public sealed record Digest
{
    public const int Length = 2 * SHA256.HashSizeInBytes;

    private Digest(string value) => Value = value;

    public string Value { get; }

    public static bool TryParse(string text, [NotNullWhen(true)] out Digest? digest)
    {
        var valid = text.Length == Length && text.All(char.IsAsciiHexDigit);
        digest = valid ? new Digest(text.ToLowerInvariant()) : null;
        return valid;
    }

    public static Digest OfHash(ReadOnlySpan<byte> sha256) => new(Convert.ToHexStringLower(sha256));

    public static async Task<Digest> OfFileAsync(string path, CancellationToken cancellationToken = default)
    {
        await using var file = File.OpenRead(path);
        return OfHash(await SHA256.HashDataAsync(file, cancellationToken));
    }

    public override string ToString() => Value;
}
