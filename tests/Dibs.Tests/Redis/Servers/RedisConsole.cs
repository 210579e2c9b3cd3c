using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Dibs.Tests.Redis.Servers;

/// <summary>
/// Gives a server commands as an operator does at its prompt: one connection per command, so that it works whatever happened to the
/// server since, and without the client library that the tests are about.
/// </summary>
internal sealed class RedisConsole(int port, RedisSetup setup)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>The answer as text; that of many parts with one part per line.</summary>
    /// <exception cref="RedisRefusedException">The server answered with an error.</exception>
    /// <exception cref="IOException">Nobody answers.</exception>
    public Task<string> AskAsync(params string[] words) => SendAsync(Credentials(), words);

    /// <summary>The same as one of the server's users.</summary>
    public Task<string> AskAsAsync(string user, string password, params string[] words) => SendAsync([["AUTH", user, password]], words);

    private async Task<string> SendAsync(IEnumerable<string[]> before, string[] words)
    {
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        using var client = new TcpClient { NoDelay = true };
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port, patience.Token);
            await using var stream = await SecureAsync(client.GetStream(), patience.Token);
            foreach (var command in before)
                await AnswerAsync(stream, command, patience.Token);
            return await AnswerAsync(stream, words, patience.Token);
        }
        catch (SocketException exception)
        {
            throw new IOException(exception.Message, exception);
        }
    }

    private IEnumerable<string[]> Credentials()
    {
        if (setup.Watches is not null)
            yield break;
        if (setup.Users is not [])
            yield return ["AUTH", RedisSetup.OperatorName, RedisSetup.OperatorPassword];
        else if (setup.Password is { } password)
            yield return ["AUTH", password];
    }

    private async Task<Stream> SecureAsync(Stream plain, CancellationToken cancellationToken)
    {
        if (setup.Tls is not { } certificates)
            return plain;
        var secure = new SslStream(plain);
        using var client = X509Certificate2.CreateFromPemFile(certificates.Client.Certificate, certificates.Client.Key);
        await secure.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                ClientCertificates = [client],
#pragma warning disable CA5359 // It speaks with the server that this test has started, whatever certificate the test wants shown.
                RemoteCertificateValidationCallback = (_, _, _, _) => true,
#pragma warning restore CA5359
            },
            cancellationToken);
        return secure;
    }

    private static async Task<string> AnswerAsync(Stream stream, string[] words, CancellationToken cancellationToken)
    {
        var text = new StringBuilder($"*{words.Length}\r\n");
        foreach (var word in words)
            text.Append($"${Encoding.UTF8.GetByteCount(word)}\r\n{word}\r\n");
        await stream.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()), cancellationToken);
        using var reader = new StreamReader(stream, Encoding.Latin1, leaveOpen: true);
        return await ReadAsync(reader, cancellationToken);
    }

    private static async Task<string> ReadAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        var line = await reader.ReadLineAsync(cancellationToken) ?? throw new IOException("The server closed the connection.");
        var rest = line[1..];
        switch (line[0])
        {
            case '+' or ':':
                return rest;
            case '-':
                throw new RedisRefusedException(rest);
            case '$' when rest == "-1":
                return "";
            case '$':
                var content = new char[int.Parse(rest, System.Globalization.CultureInfo.InvariantCulture) + 2];
                await reader.ReadBlockAsync(content, cancellationToken);
                return new string(content[..^2]);
            case '*':
                var parts = new List<string>();
                for (var left = int.Parse(rest, System.Globalization.CultureInfo.InvariantCulture); left > 0; left--)
                    parts.Add(await ReadAsync(reader, cancellationToken));
                return string.Join('\n', parts);
            default:
                throw new IOException($"The server speaks something else: '{line}'.");
        }
    }
}

/// <summary>What a server answered instead of doing a command.</summary>
public sealed class RedisRefusedException(string message) : Exception(message);
