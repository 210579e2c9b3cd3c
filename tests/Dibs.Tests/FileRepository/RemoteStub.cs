using System.Security.Cryptography;
using System.Text;
using FileRepository.Manifests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Dibs.Tests.FileRepository;

/// <summary>A real HTTP server on loopback with files in memory.</summary>
internal sealed class RemoteStub : IAsyncDisposable
{
    private const string ManifestName = "PULP_MANIFEST";

    private readonly WebApplication _app;
    private readonly Dictionary<string, byte[]> _files = [];
    private readonly Lock _lock = new();
    private int _serving;

    private RemoteStub(WebApplication app) => _app = app;

    /// <summary>Runs before the manifest is sent.</summary>
    public Func<HttpContext, Task> BeforeManifest { get; set; } = _ => Task.CompletedTask;

    /// <summary>Runs before a file other than the manifest is sent.</summary>
    public Func<string, HttpContext, Task> BeforeSending { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>Targets of the requests, as they came over the wire.</summary>
    public List<string> Requests { get; } = [];

    /// <summary>The most files that were being sent at once.</summary>
    public int MostAtOnce { get; private set; }

    public string Manifest { get; set; } = "";

    public Uri Url => new(_app.Urls.Single() + "/some/" + ManifestName);

    public static async Task<RemoteStub> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var remote = new RemoteStub(app);
        app.MapGet("/some/{**path}", remote.SendAsync);
        await app.StartAsync();
        return remote;
    }

    /// <summary>Has this file, and a line for it in the manifest.</summary>
    public void Add(string path, string text)
    {
        Put(path, text);
        Manifest += Line(path, text);
    }

    /// <summary>Has this file, whatever the manifest says.</summary>
    public void Put(string path, string text)
    {
        lock (_lock)
            _files[path] = Encoding.UTF8.GetBytes(text);
    }

    public static string Line(string path, string text) => $"{path},{DigestOf(text)},{Encoding.UTF8.GetByteCount(text)}\n";

    public static Digest DigestOf(string text) => Digest.OfHash(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task SendAsync(HttpContext context, string path)
    {
        byte[]? bytes;
        lock (_lock)
        {
            Requests.Add(context.Features.Get<IHttpRequestFeature>()!.RawTarget);
            MostAtOnce = Math.Max(MostAtOnce, ++_serving);
            bytes = path == ManifestName ? Encoding.UTF8.GetBytes(Manifest) : _files.GetValueOrDefault(path);
        }
        try
        {
            await (path == ManifestName ? BeforeManifest(context) : BeforeSending(path, context));
            if (bytes is null)
                context.Response.StatusCode = StatusCodes.Status404NotFound;
            else
                await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
        }
        finally
        {
            lock (_lock)
                _serving--;
        }
    }
}
