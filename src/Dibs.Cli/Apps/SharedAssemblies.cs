namespace Dibs.Cli.Apps;

/// <summary>
/// What an application and the command line have in common: Dibs, the frameworks, and the <c>Microsoft.Extensions</c>
/// packages that came with the command line in a newer version than its framework's. Their types pass between the two.
/// </summary>
internal static class SharedAssemblies
{
    private static readonly HashSet<string> Names = [.. Trusted().Where(IsShared).Select(path => Path.GetFileNameWithoutExtension(path))];

    public static bool Contains(string name) => Names.Contains(name);

    private static string[] Trusted() =>
        (AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") as string ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);

    private static bool IsShared(string path)
    {
        var name = Path.GetFileNameWithoutExtension(path);
        return name is "Dibs" or "Dibs.Sqlite"
            || name.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal)
            || !path.StartsWith(AppContext.BaseDirectory, StringComparison.Ordinal);
    }
}
