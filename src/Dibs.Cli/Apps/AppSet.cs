using System.Reflection;
using Dibs.Jobs;

namespace Dibs.Cli.Apps;

/// <summary>The applications whose methods jobs may call, loaded.</summary>
internal sealed class AppSet
{
    private AppSet(IReadOnlyList<Assembly> assemblies) => Assemblies = assemblies;

    /// <summary>Their entry assemblies, in the order given.</summary>
    public IReadOnlyList<Assembly> Assemblies { get; }

    public bool IsEmpty => Assemblies.Count == 0;

    /// <summary>Directories of the applications.</summary>
    public IEnumerable<string> Directories => Assemblies.Select(assembly => Path.GetDirectoryName(assembly.Location)!).Distinct(StringComparer.Ordinal);

    /// <summary>The assemblies whose methods jobs may call: those of the applications, with their project references.</summary>
    public IReadOnlyList<Assembly> MethodAssemblies => [.. Assemblies.SelectMany(ApplicationAssemblies.Of).Distinct()];

    /// <exception cref="DibsConfigurationException">A file is missing, or is no .NET assembly, or does not load.</exception>
    public static AppSet Load(IEnumerable<string> files) => new([.. files.Select(Path.GetFullPath).Distinct(StringComparer.Ordinal).Select(LoadOne)]);

    private static Assembly LoadOne(string file)
    {
        if (Directory.Exists(file))
            throw Refused(file, "is a directory; give the .dll that the build made in it");
        if (!File.Exists(file))
            throw Refused(file, "does not exist; build the application first, and give the .dll that the build made");
        try
        {
            var assembly = new AppLoadContext(file).LoadFromAssemblyPath(file);
            // Types are looked at only now, so a missing dependency shows here rather than in the first job.
            _ = assembly.GetExportedTypes();
            return assembly;
        }
        catch (BadImageFormatException failure)
        {
            throw Refused(file, "is not a .NET assembly; give the .dll that the build made, not the program beside it", failure);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or TypeLoadException or ReflectionTypeLoadException)
        {
            throw Refused(file, $"does not load: {failure.Message.TrimEnd('.')}; publish or build it with all it needs beside it", failure);
        }
    }

    private static DibsConfigurationException Refused(string file, string what, Exception? inner = null) => new("app-refused", $"the application {file} {what}", inner);
}
