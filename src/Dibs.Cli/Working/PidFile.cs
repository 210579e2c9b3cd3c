using System.Globalization;

namespace Dibs.Cli.Working;

/// <summary>
/// A file with the process id of this worker, for as long as it lives. A lock on the file tells whether it does: it ends with the process, whatever ends
/// that, while its number may be that of any other program later.
/// </summary>
internal sealed class PidFile : IDisposable
{
    /// <summary>Behind anything that is written there: where a lock keeps others from reading, they can read the number.</summary>
    private const long LockAt = 1 << 20;

    private readonly FileStream _file;

    private PidFile(FileStream file) => _file = file;

    /// <summary>Writes the file. One that a dead process left behind is replaced.</summary>
    /// <exception cref="DibsConfigurationException">Another worker lives by this file, or it cannot be written.</exception>
    public static PidFile Write(string path)
    {
        path = Path.GetFullPath(path);
        try
        {
            var file = Open(path);
            file.SetLength(0);
            file.Write(System.Text.Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n"));
            file.Flush();
            return new PidFile(file);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new DibsConfigurationException("pid-file", $"the pid file {path} cannot be written: {failure.Message.TrimEnd('.')}; give --pid a file in a directory that is there and writable", failure);
        }
    }

    public void Dispose()
    {
        try
        {
            File.Delete(_file.Name);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The next worker finds it unlocked and replaces it.
        }
        _file.Dispose();
    }

    /// <summary>The file, locked.</summary>
    private static FileStream Open(string path)
    {
        while (true)
        {
            var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            if (!TryLock(file))
            {
                using (var reader = new StreamReader(file))
                    throw new DibsConfigurationException("pid-file", $"the pid file {path} belongs to the running worker {reader.ReadToEnd().Trim()}; stop that one, or give another file");
            }
            // A worker that ended meanwhile has taken the file away: what is locked then, nobody can see.
            if (File.Exists(path))
                return file;
            file.Dispose();
        }
    }

    private static bool TryLock(FileStream file)
    {
        try
        {
            if (!OperatingSystem.IsMacOS())
                file.Lock(LockAt, 1);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
