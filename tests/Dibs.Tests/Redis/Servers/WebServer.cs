using System.Net;
using System.Net.Sockets;

namespace Dibs.Tests.Redis.Servers;

/// <summary>Answers whatever it is asked as a web server does that does not understand.</summary>
internal sealed class WebServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, LoopbackPorts.Next());
    private readonly CancellationTokenSource _end = new();
    private readonly Task _serving;

    public WebServer()
    {
        _listener.Start();
        _serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _listener.Dispose();
        _end.Dispose();
    }

    private async Task ServeAsync()
    {
        var buffer = new byte[4096];
        while (true)
        {
            using var client = await _listener.AcceptTcpClientAsync(_end.Token);
            try
            {
                _ = await client.GetStream().ReadAsync(buffer, _end.Token);
                await client.GetStream().WriteAsync("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), _end.Token);
            }
            catch (IOException)
            {
                // Whoever asked has gone.
            }
        }
    }
}
