using FileRepository;
using FileRepository.Manifests;
using FileRepository.Storing;

namespace Dibs.Tests.FileRepository;

public sealed class PublishTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _directory = new();
    private RemoteStub _remote = null!;
    private Storage _storage = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _storage = new Storage(_directory.Path);
        _remote = await RemoteStub.StartAsync();
        _remote.Add("1.iso", "one");
        _remote.Add("sub/dir/2.iso", "two");
        await SyncAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _remote.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task A_publication_has_every_file_and_the_manifest()
    {
        var result = await PublishAsync();
        Assert.Equal(("publication:stable/1", 1, 2), (result.Publication, result.Version, result.Files));
        var published = Path.Combine(_storage.Root, result.Directory);
        Assert.Equal("one", await File.ReadAllTextAsync(Path.Combine(published, "1.iso"), Cancel));
        Assert.Equal("two", await File.ReadAllTextAsync(Path.Combine(published, "sub/dir/2.iso"), Cancel));
        Assert.Equal(_remote.Manifest, await File.ReadAllTextAsync(Path.Combine(published, Manifest.FileName), Cancel));
    }

    [Fact]
    public async Task The_storage_can_be_moved()
    {
        var result = await PublishAsync();
        var moved = _directory.Path + "-moved";
        Directory.Move(_directory.Path, moved);
        try
        {
            Assert.Equal("two", await File.ReadAllTextAsync(Path.Combine(moved, result.Directory, "sub/dir/2.iso"), Cancel));
        }
        finally
        {
            Directory.Move(moved, _directory.Path);
        }
    }

    [Fact]
    public async Task Publications_are_numbered_and_earlier_ones_stay()
    {
        await PublishAsync();
        _remote.Add("3.iso", "three");
        await SyncAsync();
        Assert.Equal("publication:stable/2", (await PublishAsync()).Publication);
        Assert.Equal(("publication:stable/3", 1), await PublishAsync(version: 1) is var old ? (old.Publication, old.Version) : default);
        Assert.Equal([1, 2, 3], _storage.Distribution("stable").Numbers);
    }

    [Fact]
    public async Task A_damaged_artifact_fails_the_publication_and_a_sync_heals_it()
    {
        var artifact = _storage.Artifacts.PathOf(RemoteStub.DigestOf("two"));
        await File.WriteAllTextAsync(artifact, "owt", Cancel);
        Assert.Contains("damaged", (await Assert.ThrowsAsync<IOException>(() => PublishAsync())).Message);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_directory.Path, "publications/stable")));

        File.Delete(artifact);
        await SyncAsync();
        Assert.Equal(2, (await PublishAsync()).Files);
    }

    [Fact]
    public async Task A_canceled_publication_is_not_there()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => new Publisher(_storage).PublishAsync("iso", "stable", cancellationToken: new CancellationToken(canceled: true)));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_directory.Path, "publications/stable")));
    }

    [Fact]
    public async Task What_a_killed_worker_left_is_removed_by_the_next_publication()
    {
        var left = Directory.CreateDirectory(Path.Combine(_directory.Path, "publications/stable/1.incomplete/sub")).FullName;
        File.CreateSymbolicLink(Path.Combine(left, "link"), _directory.Path);
        Assert.Equal("publication:stable/1", (await PublishAsync()).Publication);
        Assert.True(Directory.Exists(Path.Combine(_directory.Path, "repositories")), "What a link points to is not deleted with it.");
    }

    [Fact]
    public async Task A_repository_without_a_version_cannot_be_published() => Assert.Contains("sync it first", (await Assert.ThrowsAsync<InvalidOperationException>(
        () => new Publisher(_storage).PublishAsync("empty", "stable", cancellationToken: Cancel))).Message);

    [Fact]
    public async Task A_version_that_does_not_exist_cannot_be_published() =>
        Assert.Contains("the latest is 1", (await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => PublishAsync(version: 7))).Message);

    [Fact]
    public void A_link_is_never_made_through_another_link()
    {
        var root = Directory.CreateDirectory(Path.Combine(_directory.Path, "tree")).FullName;
        var outside = Directory.CreateDirectory(Path.Combine(_directory.Path, "outside")).FullName;
        File.CreateSymbolicLink(Path.Combine(root, "way"), outside);
        File.WriteAllText(Path.Combine(root, "file"), "");

        Assert.Throws<IOException>(() => LinkTree.Add(root, RelativePath.Parse("way/a"), outside));
        Assert.Throws<IOException>(() => LinkTree.Add(root, RelativePath.Parse("file/a"), outside));
        Assert.Throws<IOException>(() => LinkTree.Add(root, RelativePath.Parse("file"), outside));
        Assert.Empty(Directory.EnumerateFileSystemEntries(outside));
    }

    private Task<SyncResult> SyncAsync() => Repositories.SyncAsync("iso", _remote.Url, _storage, mirror: true, cancellationToken: Cancel);

    private Task<PublishResult> PublishAsync(int? version = null) =>
        new Publisher(_storage).PublishAsync("iso", "stable", version, cancellationToken: Cancel);
}
