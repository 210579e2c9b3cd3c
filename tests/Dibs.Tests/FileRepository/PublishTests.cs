using FileRepository;
using FileRepository.Manifests;
using FileRepository.Storing;

namespace Dibs.Tests.FileRepository;

public sealed class PublishTests : FileRepositoryTests
{
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Remote.Add("1.iso", "one");
        Remote.Add("sub/dir/2.iso", "two");
        await SyncAsync();
    }

    [Fact]
    public async Task A_publication_has_every_file_and_the_manifest()
    {
        var result = await PublishAsync();
        Assert.Equal(("publication:stable/1", 1, 2), (result.Publication, result.Version, result.Files));
        var published = Path.Combine(Storage.Root, result.Directory);
        Assert.Equal("one", await File.ReadAllTextAsync(Path.Combine(published, "1.iso"), Cancel));
        Assert.Equal("two", await File.ReadAllTextAsync(Path.Combine(published, "sub/dir/2.iso"), Cancel));
        Assert.Equal(Remote.Manifest, await File.ReadAllTextAsync(Path.Combine(published, Manifest.FileName), Cancel));
    }

    [Fact]
    public async Task The_storage_can_be_moved()
    {
        var result = await PublishAsync();
        var moved = Root + "-moved";
        Directory.Move(Root, moved);
        try
        {
            Assert.Equal("two", await File.ReadAllTextAsync(Path.Combine(moved, result.Directory, "sub/dir/2.iso"), Cancel));
        }
        finally
        {
            Directory.Move(moved, Root);
        }
    }

    [Fact]
    public async Task Publications_are_numbered_and_earlier_ones_stay()
    {
        await PublishAsync();
        Remote.Add("3.iso", "three");
        await SyncAsync();
        Assert.Equal("publication:stable/2", (await PublishAsync()).Publication);
        Assert.Equal(("publication:stable/3", 1), await PublishAsync(version: 1) is var old ? (old.Publication, old.Version) : default);
        Assert.Equal([1, 2, 3], Storage.Distribution("stable").Numbers);
    }

    [Fact]
    public async Task A_damaged_artifact_fails_the_publication_and_a_sync_heals_it()
    {
        var artifact = Storage.Artifacts.PathOf(RemoteStub.DigestOf("two"));
        await File.WriteAllTextAsync(artifact, "owt", Cancel);
        Assert.Contains("damaged", (await Assert.ThrowsAsync<IOException>(() => PublishAsync())).Message);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(Root, "publications/stable")));

        File.Delete(artifact);
        await SyncAsync();
        Assert.Equal(2, (await PublishAsync()).Files);
    }

    [Fact]
    public async Task A_canceled_publication_is_not_there()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => new Publisher(Storage).PublishAsync("iso", "stable", cancellationToken: new CancellationToken(canceled: true)));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(Root, "publications/stable")));
    }

    [Fact]
    public async Task What_a_killed_worker_left_is_removed_by_the_next_publication()
    {
        var left = Directory.CreateDirectory(Path.Combine(Root, "publications/stable/1.incomplete/sub")).FullName;
        File.CreateSymbolicLink(Path.Combine(left, "link"), Root);
        Assert.Equal("publication:stable/1", (await PublishAsync()).Publication);
        Assert.True(Directory.Exists(Path.Combine(Root, "repositories")), "What a link points to is not deleted with it.");
    }

    [Fact]
    public async Task A_repository_without_a_version_cannot_be_published() => Assert.Contains("sync it first", (await Assert.ThrowsAsync<InvalidOperationException>(
        () => new Publisher(Storage).PublishAsync("empty", "stable", cancellationToken: Cancel))).Message);

    [Fact]
    public async Task A_version_that_does_not_exist_cannot_be_published() =>
        Assert.Contains("the latest is 1", (await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => PublishAsync(version: 7))).Message);

    [Fact]
    public void A_link_is_never_made_through_another_link()
    {
        var root = Directory.CreateDirectory(Path.Combine(Root, "tree")).FullName;
        var outside = Directory.CreateDirectory(Path.Combine(Root, "outside")).FullName;
        File.CreateSymbolicLink(Path.Combine(root, "way"), outside);
        File.WriteAllText(Path.Combine(root, "file"), "");

        Assert.Throws<IOException>(() => LinkTree.Add(root, RelativePath.Parse("way/a"), outside));
        Assert.Throws<IOException>(() => LinkTree.Add(root, RelativePath.Parse("file/a"), outside));
        Assert.Throws<IOException>(() => LinkTree.Add(root, RelativePath.Parse("file"), outside));
        Assert.Empty(Directory.EnumerateFileSystemEntries(outside));
    }

    private Task<SyncResult> SyncAsync() => Repositories.SyncAsync("iso", Remote.Url, Storage, mirror: true, cancellationToken: Cancel);

    private Task<PublishResult> PublishAsync(int? version = null) =>
        new Publisher(Storage).PublishAsync("iso", "stable", version, cancellationToken: Cancel);
}
