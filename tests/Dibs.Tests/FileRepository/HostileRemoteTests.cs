using FileRepository;
using FileRepository.Storing;

namespace Dibs.Tests.FileRepository;

/// <summary>Remotes that answer otherwise than they should: whatever they say, nothing half is kept and nothing is written elsewhere.</summary>
public sealed class HostileRemoteTests : FileRepositoryTests
{
    private static readonly string _digest = RemoteStub.DigestOf("one").Value;

    private string Inner => Path.Combine(Root, "inner");

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Storage = new Storage(Inner);
        Remote.Add("1.iso", "one");
    }

    [Theory]
    [InlineData("../outside")]
    [InlineData("a/../../../outside")]
    [InlineData("/outside")]
    [InlineData("//outside")]
    [InlineData("..\\outside")]
    [InlineData("C:/outside")]
    [InlineData("a\0b")]
    [InlineData("PULP_MANIFEST/below")]
    [InlineData("1.iso")]
    [InlineData("1.iso/below")]
    public async Task A_path_that_leads_elsewhere_fails_the_sync_before_anything_is_downloaded(string path)
    {
        Remote.Manifest += $"{path},{_digest},3\n";
        await AssertRefusedAsync<FormatException>("PULP_MANIFEST line 2: ");
        Assert.Single(Remote.Requests);
    }

    [Theory]
    [InlineData("10000000000", "has 10000000000 bytes; the limit is 8589934592")]
    [InlineData("99999999999999999999", "not a number of bytes")]
    [InlineData("8589934592", "has 3 bytes, but its manifest says 8589934592")]
    public async Task A_size_that_lies_fails_the_sync(string size, string message)
    {
        Remote.Manifest = $"1.iso,{_digest},{size}\n";
        await AssertRefusedAsync<Exception>(message);
    }

    [Fact]
    public async Task A_size_that_lies_about_bytes_that_are_stored_fails_the_sync()
    {
        await SyncAsync();
        Remote.Manifest += $"copy.iso,{_digest},2\n";
        Remote.Put("copy.iso", "one");
        Assert.Contains("goes on after 2 bytes", (await Assert.ThrowsAsync<RemoteException>(SyncAsync)).Message);
        Assert.Equal([1], Storage.Repository("iso").Versions.Numbers);
        Assert.Equal("one", await File.ReadAllTextAsync(Storage.Artifacts.PathOf(RemoteStub.DigestOf("one")), Cancel));
    }

    [Fact]
    public async Task A_manifest_that_never_comes_fails_the_sync()
    {
        Storage = Impatient();
        Remote.BeforeManifest = context => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        await AssertRefusedAsync<RemoteException>("/some/PULP_MANIFEST' sent nothing for 0.1 s");
    }

    [Fact]
    public async Task A_file_that_stops_in_its_middle_fails_the_sync()
    {
        Storage = Impatient();
        Remote.BeforeSending = async (_, context) =>
        {
            await context.Response.Body.WriteAsync("on"u8.ToArray(), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        };
        await AssertRefusedAsync<RemoteException>("sent nothing for 0.1 s");
    }

    [Fact]
    public async Task A_redirect_is_followed_and_what_it_leads_to_is_verified()
    {
        Remote.Put("elsewhere", "one");
        Redirect("/some/elsewhere");
        Assert.Equal(1, (await SyncAsync()).Downloaded);

        Remote.Add("2.iso", "two");
        Assert.Contains($"has the sha256 {_digest}", (await Assert.ThrowsAsync<RemoteException>(SyncAsync)).Message);
    }

    [Theory]
    [InlineData("/some/1.iso", "answered 302 Found")]
    [InlineData("file:///etc/passwd", "could not be read")]
    [InlineData("ftp://127.0.0.1/1.iso", "could not be read")]
    public async Task A_redirect_in_a_circle_or_away_from_HTTP_is_an_error_of_the_remote(string location, string message)
    {
        Redirect(location);
        await AssertRefusedAsync<RemoteException>($"/some/1.iso' {message}");
    }

    [Fact]
    public async Task Bytes_are_taken_as_they_come_whatever_encoding_they_are_said_to_have()
    {
        Remote.BeforeSending = (_, context) =>
        {
            Assert.Empty(context.Request.Headers.AcceptEncoding.ToArray());
            context.Response.Headers.ContentEncoding = "gzip";
            return Task.CompletedTask;
        };
        Assert.Equal(1, (await SyncAsync()).Downloaded);
    }

    [Fact]
    public async Task A_manifest_of_another_system_is_read_and_its_names_are_published_as_they_are()
    {
        Remote.Manifest = "";
        Remote.Add("Überblick/日本語 (1).txt", "one");
        Remote.Manifest = $"\uFEFF# from elsewhere\r\n\r\n  {Remote.Manifest.TrimEnd()}  \r\n";
        await SyncAsync();
        var result = await new Publisher(Storage).PublishAsync("iso", "stable", cancellationToken: Cancel);
        Assert.Equal("one", await File.ReadAllTextAsync(Path.Combine(Inner, result.Directory, "Überblick", "日本語 (1).txt"), Cancel));
    }

    [Fact]
    public async Task A_name_of_great_length_is_refused_in_a_short_message()
    {
        Remote.Manifest += $"{new string('x', 100_000)},{_digest},3\n";
        Assert.True((await AssertRefusedAsync<FormatException>("has 100000 bytes; the limit is 1024")).Length < 400);
    }

    private Storage Impatient() => new(Inner, new SyncLimits { Silence = TimeSpan.FromMilliseconds(100) });

    private void Redirect(string location) => Remote.BeforeSending = (path, context) =>
    {
        if (path != "elsewhere")
            context.Response.Redirect(location);
        return Task.CompletedTask;
    };

    private Task<SyncResult> SyncAsync() => Repositories.SyncAsync("iso", Remote.Url, Storage, mirror: true, cancellationToken: Cancel);

    /// <summary>The sync fails with this in its message; there is no version, no artifact, and nothing beside the storage.</summary>
    private async Task<string> AssertRefusedAsync<TError>(string message)
        where TError : Exception
    {
        var error = await Assert.ThrowsAnyAsync<TError>(SyncAsync);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Empty(Files);
        Assert.Equal([Inner], Directory.EnumerateFileSystemEntries(Root));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(Inner, "repositories", "iso", "versions")));
        return error.Message;
    }
}
