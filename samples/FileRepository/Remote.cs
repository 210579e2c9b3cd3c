using System.Buffers;
using System.Net;
using System.Security.Cryptography;
using FileRepository.Manifests;

namespace FileRepository;

/// <summary>The server that a repository is synced from: a manifest, and the files beside it.</summary>
internal sealed class Remote
{
    private const int BufferBytes = 64 << 10;

    // One client for the process keeps connections open; it has no time-out because a large file may take hours: silence is what ends a download.
    private static readonly HttpClient _client = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private readonly Uri _manifest;
    private readonly SyncLimits _limits;

    /// <exception cref="ArgumentException">The URL is not absolute, or not of HTTP.</exception>
    public Remote(Uri manifest, SyncLimits limits)
    {
        if (!manifest.IsAbsoluteUri || manifest.Scheme is not ("http" or "https"))
            throw new ArgumentException($"'{manifest}' is not the URL of a manifest; give an absolute one that starts with http: or https:.", nameof(manifest));
        _manifest = manifest;
        _limits = limits;
    }

    /// <summary>The bytes of the manifest, and their digest.</summary>
    public async Task<(byte[] Text, Digest Digest)> GetManifestAsync(CancellationToken cancellationToken)
    {
        using var text = new MemoryStream();
        var (_, digest) = await CopyAsync(_manifest, text, _limits.ManifestBytes, cancellationToken);
        return (text.ToArray(), digest);
    }

    /// <summary>Downloads a file; returns only if it has the size and the digest that the entry names.</summary>
    public async Task DownloadAsync(ManifestEntry entry, string path, CancellationToken cancellationToken)
    {
        var url = UrlOf(entry.Path);
        await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.Asynchronous);
        var (size, digest) = await CopyAsync(url, file, entry.Size, cancellationToken);
        if (size != entry.Size)
            throw new RemoteException($"'{Shown(url)}' has {size} bytes, but its manifest says {entry.Size}.");
        if (digest != entry.Digest)
            throw new RemoteException($"'{Shown(url)}' has the sha256 {digest}, but its manifest says {entry.Digest}.");
    }

    /// <summary>Beside the manifest; the query is kept because it may carry a token.</summary>
    internal Uri UrlOf(RelativePath path) =>
        new(_manifest, string.Join('/', path.Segments.Select(Uri.EscapeDataString)) + _manifest.Query);

    /// <summary>Asks again, from the beginning, when a connection breaks or the server is busy.</summary>
    private async Task<(long Size, Digest Digest)> CopyAsync(Uri url, Stream destination, long limit, CancellationToken cancellationToken)
    {
        var pause = _limits.Pause;
        for (var left = _limits.Tries; ; left--)
        {
            try
            {
                return await CopyOnceAsync(url, destination, limit, cancellationToken);
            }
            catch (RemoteException failure) when (failure.MayPass && left > 1)
            {
                destination.SetLength(0);
                await Task.Delay(pause, TimeProvider.System, cancellationToken);
                pause *= 2;
            }
        }
    }

    /// <summary>Hashes while it copies, and stops as soon as there is more than expected, so that nobody can fill the disk.</summary>
    private async Task<(long Size, Digest Digest)> CopyOnceAsync(Uri url, Stream destination, long limit, CancellationToken cancellationToken)
    {
        using var alive = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        alive.CancelAfter(_limits.Silence);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            using var response = await _client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, alive.Token);
            if (!response.IsSuccessStatusCode)
                throw new RemoteException($"'{Shown(url)}' answered {(int)response.StatusCode} {response.ReasonPhrase}.") { MayPass = IsBusy(response.StatusCode) };

            await using var content = await response.Content.ReadAsStreamAsync(alive.Token);
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            long size = 0;
            while (await content.ReadAsync(buffer, alive.Token) is > 0 and var read)
            {
                alive.CancelAfter(_limits.Silence);
                size += read;
                if (size > limit)
                    throw new RemoteException($"'{Shown(url)}' goes on after {limit} bytes, where it should have ended.");
                hash.AppendData(buffer, 0, read);
                await destination.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }
            return (size, Digest.OfHash(hash.GetHashAndReset()));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RemoteException($"'{Shown(url)}' sent nothing for {_limits.Silence.TotalSeconds:0.#} s.");
        }
        // The last two: it redirects to what is not HTTP.
        catch (Exception failure) when (failure is HttpRequestException or HttpIOException or IOException { InnerException: System.Net.Sockets.SocketException }
            or UriFormatException or NotSupportedException)
        {
            throw new RemoteException($"'{Shown(url)}' could not be read: {failure.GetBaseException().Message}", failure) { MayPass = failure is HttpRequestException or IOException };
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static bool IsBusy(HttpStatusCode status) =>
        status is HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;

    /// <summary>Without user, password and query, which may be secret.</summary>
    private static string Shown(Uri url) => url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
}
