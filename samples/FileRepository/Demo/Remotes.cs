using System.Buffers;
using System.Collections.Concurrent;
using Dibs;
using FileRepository.Manifests;
using FileRepository.Storing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace FileRepository.Demo;

/// <summary>The other side: servers of files on loopback, each as slow as a line of some megabytes per second.</summary>
public sealed class Remotes(Storage storage, TimeProvider time)
{
    private const double BytesPerSecond = 2_200_000;
    private const int ChunkBytes = 64 << 10;

    private readonly Dictionary<string, Release> _releases = [];
    private readonly ConcurrentDictionary<string, (Release Release, Throttle Line)> _offered = new();

    private string _address = "";

    /// <summary>Where the manifest is; known once the server listens.</summary>
    public Uri UrlOf(string remote) => new($"{_address}/{remote}/{Manifest.FileName}");

    /// <summary>As a job: from now on, a remote offers another release. It must be alone: a sync that is reading would get parts of both.</summary>
    public void Offer(string remote, string release, JobContext? job = null)
    {
        using var call = storage.Journal?.Enter(job?.JobId ?? nameof(Offer), Touch.Write($"remote:{UrlOf(remote)}"));
        _offered[remote] = _offered[remote] with { Release = _releases[$"{remote}/{release}"] };
        job?.Progress($"The remote offers its {release} release").Complete();
    }

    /// <summary>Has three releases of a set of files: the first is offered, the others can be later.</summary>
    internal void Add(string remote, IReadOnlyList<SourceFile> set)
    {
        var (first, second) = (Release.First(set), Release.Second(set));
        _releases.Add($"{remote}/first", first);
        _releases.Add($"{remote}/second", second);
        _releases.Add($"{remote}/corrupted", second.Corrupted());
        _offered[remote] = (first, new Throttle(BytesPerSecond, time));
    }

    internal Release ReleaseOf(string name) => _releases[name];

    /// <summary>Answers on a free port of loopback until what is returned is disposed.</summary>
    internal async Task<IAsyncDisposable> ServeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = builder.Build();
        server.MapGet("/{remote}/{**path}", AnswerAsync);
        await server.StartAsync();
        _address = server.Urls.Single();
        return server;
    }

    private async Task AnswerAsync(HttpContext context, string remote, string path)
    {
        if (!_offered.TryGetValue(remote, out var offered))
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        else if (path == Manifest.FileName)
            await context.Response.WriteAsync(offered.Release.Manifest, context.RequestAborted);
        else if (offered.Release.Files.FirstOrDefault(file => file.Entry.Path.Value == path) is { } file)
            await SendAsync(file, offered.Line, context);
        else
            context.Response.StatusCode = StatusCodes.Status404NotFound;
    }

    private static async Task SendAsync(SourceFile file, Throttle line, HttpContext context)
    {
        await using var source = File.OpenRead(file.Source);
        context.Response.ContentLength = source.Length;
        using var buffer = MemoryPool<byte>.Shared.Rent(ChunkBytes);
        while (await source.ReadAsync(buffer.Memory, context.RequestAborted) is > 0 and var read)
        {
            await line.CarryAsync(read, context.RequestAborted);
            await context.Response.Body.WriteAsync(buffer.Memory[..read], context.RequestAborted);
        }
    }
}
