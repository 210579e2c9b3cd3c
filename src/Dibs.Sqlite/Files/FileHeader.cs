using System.Buffers.Binary;

namespace Dibs.Sqlite.Files;

/// <summary>Looks at a store file without opening it as a database, so that a file that is not ours is left as it is.</summary>
internal static class FileHeader
{
    /// <summary>"Dibs" in ASCII, in the field of the header that SQLite keeps for applications.</summary>
    public const int ApplicationId = 0x44696273;

    private const int Length = 100;
    private const int ApplicationIdOffset = 68;

    /// <summary>Whether the file is a store of ours; false if there is none yet, or an empty file. Called through <see cref="OpenFiles"/>.</summary>
    /// <exception cref="DibsConfigurationException">The file is something else, or cannot be read or written.</exception>
    public static bool IsStore(string path)
    {
        try
        {
            using var file = File.Open(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            Span<byte> header = stackalloc byte[Length];
            var length = file.ReadAtLeast(header, Length, throwOnEndOfStream: false);
            if (length == 0)
                return false;
            if (length < Length || !header.StartsWith("SQLite format 3\0"u8))
                throw new DibsConfigurationException("store-not-a-database", $"The file '{path}' is not a database; name another file.");
            if (BinaryPrimitives.ReadInt32BigEndian(header[ApplicationIdOffset..]) != ApplicationId)
                throw new DibsConfigurationException("store-not-ours", $"The database '{path}' is not a store of Dibs; name another file.");
            return true;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
        catch (Exception failure) when (failure is UnauthorizedAccessException or IOException)
        {
            throw NotWritable(path, failure);
        }
    }

    public static DibsConfigurationException NotWritable(string path, Exception failure)
    {
        var directory = Path.GetDirectoryName(path)!;
        return Directory.Exists(directory)
            ? new DibsConfigurationException("store-not-writable",
                $"The store file '{path}' cannot be opened for writing ({failure.Message}); give this user the right to write the file and its directory.", failure)
            : new DibsConfigurationException("store-directory-missing", $"The directory '{directory}' of the store does not exist; create it, or name another file.", failure);
    }
}
