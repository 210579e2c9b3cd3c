using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

namespace Dibs.Redis.Connections;

/// <summary>What answers at a port.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Refusal">The error that it answered, if it is Redis and did.</param>
/// <param name="Failure">Why no connection could be made, where that is known.</param>
internal readonly record struct PortFinding(PortKind Kind, string Refusal = "", SocketException? Failure = null);

/// <summary>What may answer at a port.</summary>
internal enum PortKind
{
    /// <summary>No connection could be made.</summary>
    Nothing,

    /// <summary>It takes connections and does not answer.</summary>
    Silent,

    /// <summary>Redis, without TLS.</summary>
    PlainRedis,

    /// <summary>A sentinel, without TLS.</summary>
    Sentinel,

    /// <summary>Something that speaks TLS.</summary>
    Tls,

    /// <summary>A web server.</summary>
    Http,

    /// <summary>Something else.</summary>
    Other,
}

/// <summary>
/// Looks at a port that does not speak as it should, so that the error can say what is there. It asks for the role and sends no secret, and is
/// used after a connection has failed only.
/// </summary>
internal static class PortProbe
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1.5);

    public static async Task<PortFinding> LookAsync(string host, int port, CancellationToken cancellationToken)
    {
        var plain = await AskAsync(host, port, AskRoleAsync, cancellationToken).ConfigureAwait(false);
        if (plain.Kind is not (PortKind.Silent or PortKind.Other))
            return plain;
        var encrypted = await AskAsync(host, port, (stream, patience) => ShakeHandsAsync(stream, host, patience), cancellationToken).ConfigureAwait(false);
        return encrypted.Kind == PortKind.Tls ? encrypted : plain;
    }

    private static async Task<PortFinding> AskAsync(string host, int port, Func<NetworkStream, CancellationToken, Task<PortFinding>> ask, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        var isConnected = false;
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(host, port, either.Token).ConfigureAwait(false);
            isConnected = true;
            return await ask(client.GetStream(), either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new(isConnected ? PortKind.Silent : PortKind.Nothing);
        }
        catch (Exception e) when (e is IOException or SocketException or AuthenticationException)
        {
            return isConnected ? new(PortKind.Other) : new(PortKind.Nothing, Failure: e as SocketException);
        }
    }

    private static async Task<PortFinding> AskRoleAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        await stream.WriteAsync("ROLE\r\n"u8.ToArray(), cancellationToken).ConfigureAwait(false);
        var buffer = new byte[256];
        var length = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        var answer = Encoding.ASCII.GetString(buffer, 0, length);
        return answer switch
        {
            ['-', .. var error] => new(PortKind.PlainRedis, error.Split('\r', '\n')[0]),
            ['*', ..] => new(answer.Contains("sentinel", StringComparison.Ordinal) ? PortKind.Sentinel : PortKind.PlainRedis),
            ['H', 'T', 'T', 'P', '/', ..] or ['<', ..] => new(PortKind.Http),
            _ => new(PortKind.Other),
        };
    }

    // Only whether TLS is spoken is asked: nothing is sent over this connection, so whose certificate it is does not matter.
    private static async Task<PortFinding> ShakeHandsAsync(NetworkStream stream, string host, CancellationToken cancellationToken)
    {
        var speaksTls = false;
        await using var encrypted = new SslStream(stream, leaveInnerStreamOpen: true, (_, _, _, _) =>
        {
            speaksTls = true;
            return false;
        });
        try
        {
            await encrypted.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host }, cancellationToken).ConfigureAwait(false);
        }
        catch (AuthenticationException) when (speaksTls)
        {
            return new(PortKind.Tls);
        }
        return new(PortKind.Tls);
    }
}
