using System.Text;

namespace Dibs.Cli.Input;

/// <summary>Reads files that people write by hand. A pipe is as good as a file: <c>--password-file &lt;(pass show redis)</c>.</summary>
internal static class SmallFile
{
    /// <summary>The largest that is read, in bytes: far more than a person writes, and little to hold in memory.</summary>
    public const int Limit = 64 * 1024;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <param name="path">The file.</param>
    /// <param name="kind">What it is, such as <c>settings</c>: for the message, and the begin of the code.</param>
    /// <exception cref="DibsConfigurationException">It is missing, not readable, too large or no text.</exception>
    public static string Read(string path, string kind)
    {
        if (Directory.Exists(path))
            throw Refused(kind, path, "is a directory; give a file");
        try
        {
            var bytes = ReadBytes(path);
            return bytes.Length <= Limit
                ? Utf8.GetString(bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? bytes.AsSpan(Encoding.UTF8.Preamble.Length) : bytes)
                : throw Refused(kind, path, $"has more than {Limit:N0} bytes, which is the limit; see that it is the right file");
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Refused(kind, path, "does not exist; create it, or give another one", failure);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Refused(kind, path, $"cannot be read: {failure.Message.TrimEnd('.')}; see that this user may read it", failure);
        }
        catch (DecoderFallbackException failure)
        {
            throw Refused(kind, path, $"is not UTF-8 text (at byte {failure.Index + 1}); save it as UTF-8", failure);
        }
    }

    public static DibsConfigurationException Refused(string kind, string path, string what, Exception? inner = null) =>
        new($"{kind}-file", $"the {kind} file {path} {what}", inner);

    /// <summary>One byte more than the limit shows that there is more.</summary>
    private static byte[] ReadBytes(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        var buffer = new byte[Limit + 1];
        return buffer[..stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false)];
    }
}
