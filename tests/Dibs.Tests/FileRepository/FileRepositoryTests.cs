using Dibs.Tests.Support;
using FileRepository.Storing;

namespace Dibs.Tests.FileRepository;

/// <summary>A fresh storage and a remote on loopback, for each test.</summary>
public abstract class FileRepositoryTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = TemporaryFolder.OnDisk();

    private protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private protected Storage Storage { get; set; } = null!;

    private protected RemoteStub Remote { get; private set; } = null!;

    private protected string Root => _folder.Path;

    /// <summary>Every file and link below the root, with slashes, in order.</summary>
    private protected IEnumerable<string> Files => Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/')).Order(StringComparer.Ordinal);

    public virtual async ValueTask InitializeAsync()
    {
        Storage = new Storage(Root);
        Remote = await RemoteStub.StartAsync();
    }

    public virtual async ValueTask DisposeAsync()
    {
        await Remote.DisposeAsync();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }
}
