using System.Reflection;
using System.Runtime.Loader;

namespace Dibs.Cli.Apps;

/// <summary>
/// Loads an application with the dependencies that its <c>.deps.json</c> names, apart from those of the command line: the
/// application may use other versions of the same packages. Shared is only what must be one identity on both sides.
/// </summary>
internal sealed class AppLoadContext(string file) : AssemblyLoadContext(Path.GetFileNameWithoutExtension(file))
{
    private readonly AssemblyDependencyResolver _resolver = new(file);

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (SharedAssemblies.Contains(assemblyName.Name!))
            return null;
        return _resolver.ResolveAssemblyToPath(assemblyName) is { } path ? LoadFromAssemblyPath(path) : null;
    }

    protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
        _resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } path ? LoadUnmanagedDllFromPath(path) : nint.Zero;
}
