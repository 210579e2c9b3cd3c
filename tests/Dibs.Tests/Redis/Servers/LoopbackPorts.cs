using System.Net;
using System.Net.Sockets;

namespace Dibs.Tests.Redis.Servers;

/// <summary>
/// Free ports on loopback. They are below the range from which the system gives ports to outgoing connections: a client that tries to
/// come back to a stopped server could otherwise be given the server's port, and speak with itself.
/// </summary>
internal static class LoopbackPorts
{
    /// <summary>What a cluster node adds to its port for the bus, unless told otherwise.</summary>
    public const int BusOffset = 10_000;

    private const int First = 12_000;
    private const int Count = 10_000;

    // Test runs side by side begin at different places.
    private static int _last = Environment.ProcessId * 97 % Count;

    /// <summary>A port that is free, together with the one that a cluster's bus would take.</summary>
    public static int Next()
    {
        for (var tries = 0; tries < Count; tries++)
        {
            var port = First + (int)((uint)Interlocked.Increment(ref _last) % Count);
            if (IsFree(port) && IsFree(port + BusOffset))
                return port;
        }

        throw new InvalidOperationException($"No port from {First} to {First + Count - 1} is free on loopback.");
    }

    private static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
