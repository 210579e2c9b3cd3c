using FileRepository.Storing;

namespace Dibs.Tests.FileRepository;

/// <summary>A fresh storage and a remote on loopback, for each test.</summary>
public abstract class FileRepositoryTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _directory = new();

    private protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private protected Storage Storage { get; set; } = null!;

    private protected RemoteStub Remote { get; private set; } = null!;

    private protected string Root => _directory.Path;

    private protected IEnumerable<string> Files => _directory.Files;

    public virtual async ValueTask InitializeAsync()
    {
        Storage = new Storage(Root);
        Remote = await RemoteStub.StartAsync();
    }

    public virtual async ValueTask DisposeAsync()
    {
        await Remote.DisposeAsync();
        _directory.Dispose();
        GC.SuppressFinalize(this);
    }
}
