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

    /// <exception cref="DibsConfigurationException">A file does not load.</exception>
    public static AppSet Load(AppFiles files) => new(files.Paths.Select(LoadOne));

    private static IReadOnlyList<Assembly> LoadOne(string file)
    {
        try
        {
            var assemblies = ApplicationAssemblies.Of(new AppLoadContext(file).LoadFromAssemblyPath(file));
            // Types are looked at only now, so that a missing dependency shows here rather than in the first job.
            foreach (var assembly in assemblies)
                _ = assembly.GetExportedTypes();
            return assemblies;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or BadImageFormatException or TypeLoadException or ReflectionTypeLoadException or InvalidOperationException)
        {
            throw AppFiles.Refused(file, $"does not load: {failure.Message.TrimEnd('.')}; publish or build it with all it needs beside it", failure);
        }
    }
}
