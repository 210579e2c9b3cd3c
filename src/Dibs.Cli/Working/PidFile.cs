using System.Diagnostics;
using System.Globalization;

namespace Dibs.Cli.Working;

/// <summary>A file with the process id of this worker, for as long as it lives.</summary>
internal sealed class PidFile : IDisposable
{
    private readonly string _path;

    private PidFile(string path) => _path = path;

    /// <summary>Writes the file. One that a dead process left behind is replaced.</summary>
    /// <exception cref="DibsConfigurationException">Another worker lives by this file, or it cannot be written.</exception>
    public static PidFile Write(string path)
    {
        path = Path.GetFullPath(path);
        try
        {
            if (File.Exists(path) && Owner(path) is { } owner)
                throw new DibsConfigurationException("pid-file", $"the pid file {path} belongs to the running worker {owner}; stop that one, or give another file");
            File.Delete(path);
            using var file = new StreamWriter(new FileStream(path, FileMode.CreateNew, FileAccess.Write));
            file.WriteLine(Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            return new PidFile(path);
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
            if (Read(_path) == Environment.ProcessId)
                File.Delete(_path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The next worker finds it stale and replaces it.
        }
    }

    /// <summary>The other live worker that the file names, if there is one.</summary>
    private static int? Owner(string path) =>
        Read(path) is { } pid && pid != Environment.ProcessId && IsDibs(pid) ? pid : null;

    private static int? Read(string path) =>
        int.TryParse(File.ReadAllText(path).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : null;

    /// <summary>Whether a process lives under this id and is one of ours: ids are used again, after a restart of the machine soonest.</summary>
    private static bool IsDibs(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            var commandLine = $"/proc/{pid}/cmdline";
            return !File.Exists(commandLine) || File.ReadAllText(commandLine).Contains("dibs", StringComparison.OrdinalIgnoreCase);
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
