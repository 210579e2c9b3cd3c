using System.Reflection;
using Dibs.Jobs;

namespace Dibs.Cli.Apps;

/// <summary>The applications whose methods jobs may call, loaded.</summary>
internal sealed class AppSet
{
    private AppSet(IEnumerable<IReadOnlyList<Assembly>> apps)
    {
        var loaded = apps.ToArray();
        Assemblies = [.. loaded.Select(app => app[0])];
        MethodAssemblies = [.. loaded.SelectMany(app => app).Distinct()];
    }

    /// <summary>Their entry assemblies, in the order given.</summary>
    public IReadOnlyList<Assembly> Assemblies { get; }

    /// <summary>The assemblies whose methods jobs may call: those of the applications, with their project references.</summary>
    public IReadOnlyList<Assembly> MethodAssemblies { get; }

    public bool IsEmpty => Assemblies.Count == 0;

    /// <summary>Directories of the applications.</summary>
    public IEnumerable<string> Directories => Assemblies.Select(assembly => Path.GetDirectoryName(assembly.Location)!).Distinct(StringComparer.Ordinal);

    /// <exception cref="DibsConfigurationException">A file is missing, or is no .NET assembly, or does not load.</exception>
    public static AppSet Load(IEnumerable<string> files) => new(files.Select(Path.GetFullPath).Distinct(StringComparer.Ordinal).Select(LoadOne));

    private static IReadOnlyList<Assembly> LoadOne(string file)
    {
        if (Directory.Exists(file))
            throw Refused(file, "is a directory; give the .dll that the build made in it");
        if (!File.Exists(file))
            throw Refused(file, "does not exist; build the application first, and give the .dll that the build made");
        try
        {
            // Checked first: what reads the dependencies of something else complains in other words.
            _ = AssemblyName.GetAssemblyName(file);
            var assemblies = ApplicationAssemblies.Of(new AppLoadContext(file).LoadFromAssemblyPath(file));
            // Types are looked at only now, so that a missing dependency shows here rather than in the first job.
            foreach (var assembly in assemblies)
                _ = assembly.GetExportedTypes();
            return assemblies;
        }
        catch (BadImageFormatException failure)
        {
            throw Refused(file, "is not a .NET assembly; give the .dll that the build made, not the program beside it", failure);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or TypeLoadException or ReflectionTypeLoadException or InvalidOperationException)
        {
            throw Refused(file, $"does not load: {failure.Message.TrimEnd('.')}; publish or build it with all it needs beside it", failure);
        }
    }

    private static DibsConfigurationException Refused(string file, string what, Exception? inner = null) => new("app-refused", $"the application {file} {what}", inner);
}
