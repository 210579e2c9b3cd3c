using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.Loader;
using System.Text.Json;

namespace Dibs.Jobs;

/// <summary>The assemblies of an application: its own and those of its project references, never packages or the framework.</summary>
internal static class ApplicationAssemblies
{
    /// <summary>Libraries with this metadata are no part of the application even as project references; Dibs itself is one.</summary>
    private const string NoJobs = "Dibs.NoJobs";

    /// <summary>Those of the running process; none without an entry assembly.</summary>
    public static IReadOnlyList<Assembly> Default => Assembly.GetEntryAssembly() is { } entry ? Of(entry) : [];

    /// <summary>
    /// The entry assembly and its project references, as the build wrote them into its <c>.deps.json</c>. Without that file
    /// (a single-file application) there is no telling projects from packages, so it is the entry assembly alone.
    /// </summary>
    [RequiresUnreferencedCode("Assemblies are found by name.")]
    public static IReadOnlyList<Assembly> Of(Assembly entry)
    {
        var context = AssemblyLoadContext.GetLoadContext(entry) ?? AssemblyLoadContext.Default;
        var references = DepsFile(entry) is { } file ? ProjectAssemblyNames(File.ReadAllBytes(file)) : [];
        return [entry, .. references
            .Where(name => name != entry.GetName().Name)
            .Select(name => context.LoadFromAssemblyName(new AssemblyName(name)))
            .Where(assembly => !assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Any(data => data.Key == NoJobs))];
    }

    /// <summary>Names of the assemblies that come from projects, from the bytes of a <c>.deps.json</c>.</summary>
    internal static IReadOnlyList<string> ProjectAssemblyNames(ReadOnlyMemory<byte> depsJson)
    {
        using var document = JsonDocument.Parse(depsJson);
        var projects = document.RootElement.GetProperty("libraries").EnumerateObject()
            .Where(library => library.Value.GetProperty("type").ValueEquals("project"))
            .Select(library => library.Name)
            .ToHashSet(StringComparer.Ordinal);
        return [.. document.RootElement.GetProperty("targets").EnumerateObject()
            .SelectMany(target => target.Value.EnumerateObject())
            .Where(library => projects.Contains(library.Name) && library.Value.TryGetProperty("runtime", out _))
            .SelectMany(library => library.Value.GetProperty("runtime").EnumerateObject())
            .Select(file => Path.GetFileNameWithoutExtension(file.Name))
            .Distinct(StringComparer.Ordinal)];
    }

    // Beside the assembly; for the process itself the host may have found it elsewhere and says where.
    private static string? DepsFile(Assembly entry)
    {
        var name = $"{entry.GetName().Name}.deps.json";
        var beside = Path.Combine(Path.GetDirectoryName(entry.Location) ?? "", name);
        if (File.Exists(beside))
            return beside;
        var known = (AppContext.GetData("APP_CONTEXT_DEPS_FILES") as string ?? "").Split(';', Path.PathSeparator);
        return known.FirstOrDefault(file => Path.GetFileName(file) == name && File.Exists(file));
    }
}
