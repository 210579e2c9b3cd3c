using FileRepository;
using FileRepository.Manifests;
using FileRepository.Storing;
using Microsoft.AspNetCore.Http;

namespace Dibs.Tests.FileRepository;

public sealed class SyncTests : FileRepositoryTests
{
    [Fact]
    public async Task The_first_sync_makes_version_1_with_all_files()
    {
        AddThree();
        Assert.Equal(new SyncResult(Version: 1, Added: 3, Removed: 0, Downloaded: 3, Skipped: false), await SyncAsync());
        Assert.Equal(Remote.Manifest, await File.ReadAllTextAsync(Path.Combine(Repository.Versions.PathOf(1), Manifest.FileName), Cancel));
        Assert.Equal("two", await File.ReadAllTextAsync(Storage.Artifacts.PathOf(RemoteStub.DigestOf("two")), Cancel));
    }

    [Fact]
    public async Task A_second_sync_is_skipped_while_the_manifest_is_unchanged()
    {
        AddThree();
        await SyncAsync();
        Assert.True((await SyncAsync()).Skipped);
        Assert.Equal([1], Repository.Versions.Numbers);
        Assert.Equal(3 + 2, Remote.Requests.Count);
    }

    [Fact]
    public async Task A_manifest_that_only_looks_different_makes_no_version()
    {
        AddThree();
        await SyncAsync();
        Remote.Manifest = "# rewritten\n" + Remote.Manifest;
        Assert.Equal(new SyncResult(Version: null, Added: 0, Removed: 0, Downloaded: 0, Skipped: false), await SyncAsync());
        Assert.True((await SyncAsync()).Skipped);
    }

    [Fact]
    public async Task Mirror_takes_what_changed_and_removes_what_is_gone()
    {
        AddThree();
        await SyncAsync(mirror: true);
        Remote.Manifest = "";
        Remote.Add("1.iso", "one");
        Remote.Add("2.iso", "changed");
        Assert.Equal(new SyncResult(Version: 2, Added: 1, Removed: 2, Downloaded: 1, Skipped: false), await SyncAsync(mirror: true));
        Assert.Equal(["1.iso", "2.iso"], PathsOf(2));
        Assert.Equal(["1.iso", "2.iso", "sub/3.iso"], PathsOf(1));
    }

    [Fact]
    public async Task Without_mirror_files_stay_unless_their_path_has_other_bytes()
    {
        AddThree();
        await SyncAsync();
        Remote.Manifest = "";
        Remote.Add("2.iso", "changed");
        Assert.Equal(new SyncResult(Version: 2, Added: 1, Removed: 1, Downloaded: 1, Skipped: false), await SyncAsync());
        Assert.Equal(["1.iso", "sub/3.iso", "2.iso"], PathsOf(2));
    }

    [Fact]
    public async Task Without_mirror_a_file_cannot_become_a_directory()
    {
        AddThree();
        await SyncAsync();
        Remote.Manifest = "";
        Remote.Add("1.iso/below", "x");
        Assert.Contains("needs it as a directory", (await Assert.ThrowsAsync<FormatException>(() => SyncAsync())).Message);
        Assert.Equal(1, (await SyncAsync(mirror: true)).Added);
    }

    [Fact]
    public async Task Changing_to_mirror_is_not_skipped()
    {
        AddThree();
        await SyncAsync();
        Assert.False((await SyncAsync(mirror: true)).Skipped);
    }

    [Fact]
    public async Task The_same_bytes_are_downloaded_and_stored_once()
    {
        Remote.Add("a", "same");
        Remote.Add("b/c", "same");
        Assert.Equal((2, 1), await SyncAsync() is var first ? (first.Added, first.Downloaded) : default);
        Assert.Equal(0, (await Repositories.SyncAsync("other", Remote.Url, Storage, cancellationToken: Cancel)).Downloaded);
        Assert.Single(Files, file => file.StartsWith("artifacts/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_artifact_that_went_missing_is_downloaded_again_though_nothing_changed()
    {
        AddThree();
        await SyncAsync();
        File.Delete(Storage.Artifacts.PathOf(RemoteStub.DigestOf("two")));
        Assert.Equal(new SyncResult(Version: null, Added: 0, Removed: 0, Downloaded: 1, Skipped: false), await SyncAsync());
    }

    [Fact]
    public async Task A_wrong_digest_fails_the_sync_with_both_digests_and_leaves_no_version()
    {
        AddThree();
        Remote.Put("2.iso", "owt");
        var error = await Assert.ThrowsAsync<RemoteException>(() => SyncAsync());
        Assert.Contains(RemoteStub.DigestOf("two").Value, error.Message);
        Assert.Contains(RemoteStub.DigestOf("owt").Value, error.Message);
        AssertNothingLeft();
        Assert.DoesNotContain(Files, file => file.EndsWith(RemoteStub.DigestOf("owt").Value[2..], StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("on", "has 2 bytes, but its manifest says 3")]
    [InlineData("one and more", "goes on after 3 bytes")]
    public async Task A_wrong_size_fails_the_sync(string sent, string message)
    {
        Remote.Add("1.iso", "one");
        Remote.Put("1.iso", sent);
        Assert.Contains(message, (await Assert.ThrowsAsync<RemoteException>(() => SyncAsync())).Message);
        AssertNothingLeft();
    }

    [Fact]
    public async Task A_missing_file_fails_the_sync_with_its_address()
    {
        Remote.Manifest = RemoteStub.Line("gone.iso", "gone");
        Assert.Contains("/some/gone.iso' answered 404", (await Assert.ThrowsAsync<RemoteException>(() => SyncAsync())).Message);
        AssertNothingLeft();
    }

    [Fact]
    public async Task A_connection_that_breaks_or_a_server_that_is_busy_is_tried_again()
    {
        Storage = Hasty();
        Remote.Add("1.iso", "one");
        var n = 0;
        Remote.BeforeSending = async (_, context) =>
        {
            switch (++n)
            {
                case 1:
                    context.Abort();
                    break;
                case 2:
                    context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                    break;
                case 3:
                    context.Response.ContentLength = 3;
                    await context.Response.Body.WriteAsync("xx"u8.ToArray(), Cancel);
                    await context.Response.Body.FlushAsync(Cancel);
                    context.Abort();
                    break;
            }
        };
        Assert.Equal(1, (await SyncAsync()).Downloaded);
        Assert.Equal(4, n);
        Assert.Equal("one", await File.ReadAllTextAsync(Storage.Artifacts.PathOf(RemoteStub.DigestOf("one")), Cancel));
    }

    [Fact]
    public async Task A_connection_that_always_breaks_fails_the_sync()
    {
        Storage = Hasty();
        Remote.Add("1.iso", "one");
        var n = 0;
        Remote.BeforeSending = (_, context) =>
        {
            n++;
            context.Abort();
            return Task.CompletedTask;
        };
        Assert.Contains("could not be read", (await Assert.ThrowsAsync<RemoteException>(() => SyncAsync())).Message);
        Assert.Equal(SyncLimits.Default.Tries, n);
        AssertNothingLeft();
    }

    [Fact]
    public async Task ARemote_that_falls_silent_fails_the_sync()
    {
        Storage = new Storage(Root, new SyncLimits { Silence = TimeSpan.FromMilliseconds(100) });
        Remote.Add("1.iso", "one");
        Remote.BeforeSending = (_, context) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        Assert.Contains("sent nothing for 0.1 s", (await Assert.ThrowsAsync<RemoteException>(() => SyncAsync())).Message);
        AssertNothingLeft();
    }

    [Fact]
    public async Task A_manifest_over_the_limit_is_not_read_to_its_end()
    {
        Storage = new Storage(Root, new SyncLimits { ManifestBytes = 10 });
        AddThree();
        Assert.Contains("goes on after 10 bytes", (await Assert.ThrowsAsync<RemoteException>(() => SyncAsync())).Message);
    }

    [Fact]
    public async Task A_canceled_sync_stops_its_downloads_and_leaves_no_version()
    {
        AddThree();
        using var cancel = new CancellationTokenSource();
        var aborted = new TaskCompletionSource();
        Remote.BeforeSending = async (path, context) =>
        {
            if (path != "2.iso")
                return;
            context.RequestAborted.Register(aborted.SetResult);
            await cancel.CancelAsync();
            await aborted.Task;
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Repositories.SyncAsync("iso", Remote.Url, Storage, cancellationToken: cancel.Token));
        await aborted.Task.WaitAsync(Cancel);
        AssertNothingLeft();
    }

    [Fact]
    public async Task What_a_killed_worker_left_is_removed_by_the_next_sync()
    {
        AddThree();
        await SyncAsync();
        var left = Directory.CreateDirectory(Path.Combine(Repository.Versions.PathOf(2) + ".incomplete", "downloads")).FullName;
        await File.WriteAllTextAsync(Path.Combine(left, "half"), "ha", Cancel);
        await File.WriteAllTextAsync(Path.Combine(Root, "repositories/iso/last-sync.json.next"), "{\"Url", Cancel);
        Assert.Equal(1, Repository.Versions.Latest);

        Remote.Add("4.iso", "four");
        Assert.Equal(2, (await SyncAsync()).Version);
        Assert.DoesNotContain(Files, file => file.Contains("incomplete") || file.Contains(".next"));
    }

    [Fact]
    public async Task A_record_of_the_last_sync_cut_short_by_a_power_failure_is_as_good_as_none()
    {
        AddThree();
        await SyncAsync();
        await File.WriteAllTextAsync(Path.Combine(Root, "repositories/iso/last-sync.json"), "{\"Ur", Cancel);
        Assert.False((await SyncAsync()).Skipped);
        Assert.True((await SyncAsync()).Skipped);
    }

    [Fact]
    public async Task A_worker_killed_between_a_version_and_its_record_costs_one_look_and_no_version()
    {
        AddThree();
        await SyncAsync();
        File.Delete(Path.Combine(Root, "repositories/iso/last-sync.json"));
        Assert.Equal(new SyncResult(Version: null, Added: 0, Removed: 0, Downloaded: 0, Skipped: false), await SyncAsync());
    }

    [Fact]
    public async Task An_artifact_cut_short_by_a_power_failure_is_downloaded_again()
    {
        AddThree();
        await SyncAsync();
        await File.WriteAllTextAsync(Storage.Artifacts.PathOf(RemoteStub.DigestOf("two")), "", Cancel);
        Assert.Equal(1, (await SyncAsync()).Downloaded);
        Assert.Equal("two", await File.ReadAllTextAsync(Storage.Artifacts.PathOf(RemoteStub.DigestOf("two")), Cancel));
    }

    [Fact]
    public async Task Downloads_run_side_by_side_up_to_the_limit()
    {
        Storage = new Storage(Root, new SyncLimits { Downloads = 3 });
        for (var i = 0; i < 12; i++)
            Remote.Add($"{i}.iso", $"{i}");
        var first = new TaskCompletionSource();
        var waiting = 0;
        Remote.BeforeSending = (_, _) =>
        {
            // The first three wait for each other: only together can they go on.
            if (Interlocked.Increment(ref waiting) == 3)
                first.SetResult();
            return first.Task;
        };
        await SyncAsync().WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        Assert.Equal(3, Remote.MostAtOnce);
    }

    [Fact]
    public async Task Addresses_are_percent_encoded_and_keep_the_query()
    {
        Remote.Add("a b/100%#?.txt", "odd");
        Remote.Add("ö,+&;=@.txt", "odder");
        await Repositories.SyncAsync("iso", new Uri(Remote.Url + "?token=1"), Storage, cancellationToken: Cancel);
        Assert.Contains("/some/a%20b/100%25%23%3F.txt?token=1", Remote.Requests);
        Assert.Contains("/some/%C3%B6%2C%2B%26%3B%3D%40.txt?token=1", Remote.Requests);
    }

    [Theory]
    [InlineData("file:///etc/PULP_MANIFEST")]
    [InlineData("relative/PULP_MANIFEST")]
    public async Task Only_http_addresses_are_read(string url) => await Assert.ThrowsAsync<ArgumentException>(
        () => Repositories.SyncAsync("iso", new Uri(url, UriKind.RelativeOrAbsolute), Storage, cancellationToken: Cancel));

    [Theory]
    [InlineData("../outside")]
    [InlineData("a/b")]
    [InlineData("..")]
    [InlineData("")]
    [InlineData("nul")]
    public async Task A_repository_has_a_name_that_is_one_directory(string name) => await Assert.ThrowsAsync<FormatException>(
        () => Repositories.SyncAsync(name, Remote.Url, Storage, cancellationToken: Cancel));

    [Fact]
    public async Task An_error_does_not_show_what_is_secret_in_an_address()
    {
        Remote.Manifest = RemoteStub.Line("gone.iso", "gone");
        var url = new UriBuilder(Remote.Url) { UserName = "me", Password = "secret", Query = "token=secret" }.Uri;
        var error = await Assert.ThrowsAsync<RemoteException>(() => Repositories.SyncAsync("iso", url, Storage, cancellationToken: Cancel));
        Assert.DoesNotContain("secret", error.Message);
    }

    private Repository Repository => Storage.Repository("iso");

    private Storage Hasty() => new(Root, new SyncLimits { Pause = TimeSpan.FromMilliseconds(1) });

    private void AddThree()
    {
        Remote.Add("1.iso", "one");
        Remote.Add("2.iso", "two");
        Remote.Add("sub/3.iso", "three");
    }

    private Task<SyncResult> SyncAsync(bool mirror = false) =>
        Repositories.SyncAsync("iso", Remote.Url, Storage, mirror, cancellationToken: Cancel);

    private IEnumerable<string> PathsOf(int version) => Repository.ContentOf(version).Select(entry => entry.Path.Value);

    private void AssertNothingLeft()
    {
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(Root, "repositories/iso/versions")));
        Assert.Null(Repository.LastSync);
    }
}
