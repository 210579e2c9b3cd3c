namespace Dibs.Sqlite.Files;

/// <summary>
/// The store files that this process has open. The header of a file is read only while nobody here has it open: closing
/// any descriptor of a file drops all POSIX locks that the process has on it, those of SQLite too, and the next process to
/// close the store would then remove the log beneath us (sqlite.org/howtocorrupt.html, section 2.2).
/// </summary>
internal static class OpenFiles
{
    private static readonly Dictionary<string, int> Users = new(StringComparer.Ordinal);

    /// <summary>Notes one user more of a file, and says whether the file is there. Nothing is noted if it throws.</summary>
    /// <param name="path">The file, as <see cref="Target"/> gave it.</param>
    /// <exception cref="DibsConfigurationException">The file is not a store of ours, or cannot be read or written.</exception>
    public static bool Add(string path)
    {
        lock (Users)
        {
            var users = Users.GetValueOrDefault(path);
            var exists = users == 0 ? FileHeader.IsStore(path) : File.Exists(path);
            Users[path] = users + 1;
            return exists;
        }
    }

    /// <summary>One user less, whose connections are all closed.</summary>
    public static void Remove(string path)
    {
        lock (Users)
        {
            if (--Users[path] == 0)
                Users.Remove(path);
        }
    }

    /// <summary>The file that a path leads to: through two links to one file there is still one file.</summary>
    public static string Target(string path) =>
        File.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path : path;
}
