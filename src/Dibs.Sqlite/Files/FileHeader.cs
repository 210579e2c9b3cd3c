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
            // To read from a pipe would be to wait for whoever writes to it.
            var length = file.CanSeek ? file.ReadAtLeast(header, Length, throwOnEndOfStream: false) : 1;
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

    /// <summary>What keeps the file from being opened for writing, and what to do.</summary>
    public static DibsConfigurationException NotWritable(string path, Exception failure)
    {
        if (Directory.Exists(path))
            return new DibsConfigurationException("store-not-writable", $"'{path}' is a directory and not a store; name a file in it, such as '{Path.Combine(path, "dibs.db")}'.", failure);
        var directory = Path.GetDirectoryName(path)!;
        if (!Directory.Exists(directory))
            return new DibsConfigurationException("store-directory-missing", $"The directory '{directory}' of the store does not exist; create it, or name another file.", failure);
        // The error of a store is a whole sentence already, with this remedy.
        return new DibsConfigurationException("store-not-writable", failure is StoreException
            ? failure.Message
            : $"The store file '{path}' cannot be opened for writing ({failure.Message.TrimEnd('.')}); give this user the right to write the file and its directory.", failure);
    }
}
