namespace Dibs.Tests.Support;

/// <summary>The source tree that the tests were built from. Not by the compiler's paths: in a deterministic build they are mapped.</summary>
public static class Checkout
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Dibs.slnx")))
            directory = directory.Parent ?? throw new DirectoryNotFoundException($"There is no Dibs.slnx above '{AppContext.BaseDirectory}'.");
        return directory.FullName;
    }
}
