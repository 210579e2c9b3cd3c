namespace Dibs.Tests.Support;

/// <summary>A folder of its own for one test, gone afterwards.</summary>
public sealed class TemporaryFolder : IDisposable
{
    private const string SharedMemory = "/dev/shm";

    private TemporaryFolder(string parent)
    {
        Path = System.IO.Path.Combine(parent, $"dibs-test-{Guid.NewGuid():N}");
        Directory.CreateDirectory(Path);
    }

    public string Path { get; }

    /// <summary>On the disk, where a sync costs what it costs a user.</summary>
    public static TemporaryFolder OnDisk() => new(System.IO.Path.GetTempPath());

    /// <summary>In memory where the system has it, for tests of many steps that prove logic and not durability.</summary>
    public static TemporaryFolder InMemory() => new(Directory.Exists(SharedMemory) ? SharedMemory : System.IO.Path.GetTempPath());

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
