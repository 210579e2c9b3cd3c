using System.Net.Sockets;
using System.Text;
using Dibs.Tests.Support;

namespace Dibs.Tests.Services;

/// <summary>The end of NOTIFY_SOCKET at which systemd sits: keeps every datagram that a worker sends.</summary>
internal sealed class ServiceSocket : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly UnixDomainSocketEndPoint _endPoint;
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly List<string> _datagrams = [];

    /// <param name="name">As NOTIFY_SOCKET has it: a path, or '@' and a name that is in no directory.</param>
    /// <param name="reads">Whether it takes what it is sent; else it fills up.</param>
    public ServiceSocket(string name, bool reads = true)
    {
        Name = name;
        _endPoint = new UnixDomainSocketEndPoint(name is ['@', .. var rest] ? $"\0{rest}" : name);
        _socket.Bind(_endPoint);
        if (reads)
            _ = ReceiveAsync();
    }

    public string Name { get; }

    /// <summary>All that was said so far.</summary>
    public string[] Datagrams
    {
        get
        {
            lock (_datagrams)
                return [.. _datagrams];
        }
    }

    public string[] Lines => [.. Datagrams.SelectMany(datagram => datagram.Split('\n'))];

    public int Beats => Lines.Count(line => line == "WATCHDOG=1");

    /// <summary>What it said last of what it does.</summary>
    public string Status => Lines.LastOrDefault(line => line.StartsWith("STATUS=", StringComparison.Ordinal)) ?? "";

    public Task UntilItSaysAsync(string line) =>
        Deadline.UntilAsync(() => Task.FromResult(string.Join('\n', Lines)), said => said.Split('\n').Contains(line), Patience, $"it says {line}");

    /// <summary>Waits until this is what it does now.</summary>
    public Task UntilStatusAsync(string text) => Deadline.UntilAsync(() => Task.FromResult(Status), status => status == $"STATUS={text}", Patience, $"it says {text}");

    /// <summary>Waits until everything that was sent by now is among what was said.</summary>
    public async Task CatchUpAsync()
    {
        var mark = $"mark {Guid.NewGuid():N}";
        using var sender = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        await sender.ConnectAsync(_endPoint);
        await sender.SendAsync(Encoding.UTF8.GetBytes(mark));
        await UntilItSaysAsync(mark);
    }

    /// <summary>Waits for beats that are sent from now on.</summary>
    public Task UntilItBeatsAsync(int times = 1)
    {
        var before = Beats;
        return Deadline.UntilAsync(() => Beats >= before + times, Patience, $"it beats {times} times");
    }

    public void Dispose() => _socket.Dispose();

    private async Task ReceiveAsync()
    {
        var buffer = new byte[4096];
        try
        {
            while (true)
            {
                var length = await _socket.ReceiveAsync(buffer, SocketFlags.None, CancellationToken.None);
                lock (_datagrams)
                    _datagrams.Add(Encoding.UTF8.GetString(buffer.AsSpan(0, length)));
            }
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
