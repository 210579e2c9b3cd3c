using System.Reflection;

namespace Dibs.Cli.Apps;

/// <summary>The files of applications, seen to be .NET assemblies, none of their code loaded.</summary>
internal sealed class AppFiles
{
    private AppFiles(IEnumerable<string> files) => Paths = [.. files];

    /// <summary>Where they are, in the order given.</summary>
    public IReadOnlyList<string> Paths { get; }

    public bool IsEmpty => Paths.Count == 0;

    /// <summary>What they are called, without what comes behind the dot.</summary>
    public IEnumerable<string> Names => Paths.Select(path => Path.GetFileNameWithoutExtension(path));

    /// <summary>The directories they are in.</summary>
    public IEnumerable<string> Directories => Paths.Select(path => Path.GetDirectoryName(path)!).Distinct(StringComparer.Ordinal);

    /// <exception cref="DibsConfigurationException">A file is missing, or is no .NET assembly.</exception>
    public static AppFiles Find(IEnumerable<string> files) => new(files.Select(Path.GetFullPath).Distinct(StringComparer.Ordinal).Select(Check));

    private static string Check(string file)
    {
        if (Directory.Exists(file))
            throw Refused(file, "is a directory; give the .dll that the build made in it");
        if (!File.Exists(file))
            throw Refused(file, "does not exist; build the application first, and give the .dll that the build made");
        try
        {
            // What reads the dependencies of something else complains in other words.
            _ = AssemblyName.GetAssemblyName(file);
            return file;
        }
        catch (BadImageFormatException failure)
        {
            throw Refused(file, "is not a .NET assembly; give the .dll that the build made, not the program beside it", failure);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Refused(file, $"cannot be read: {failure.Message.TrimEnd('.')}; see that this user may", failure);
        }
    }

    internal static DibsConfigurationException Refused(string file, string what, Exception? inner = null) => new("app-refused", $"the application {file} {what}", inner);
}
