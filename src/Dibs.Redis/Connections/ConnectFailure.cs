using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using StackExchange.Redis;

namespace Dibs.Redis.Connections;

/// <summary>Why no connection came about: the error with address, cause and remedy in one line.</summary>
internal sealed class ConnectFailure(RedisAddress address)
{
    private string Store => $"the store {address}";

    public async Task<DibsException> ExplainAsync(ConnectAttempts attempts, Exception? thrown, CancellationToken cancellationToken)
    {
        var attempt = await attempts.FirstFailureAsync().ConfigureAwait(false);
        if (attempt is not null && Known(attempt) is { } known)
            return known;
        // A primary that the sentinels named; the library reports no attempts for it.
        if (Inner(thrown).Any(inner => inner is RedisConnectionException { FailureType: ConnectionFailureType.AuthenticationFailure }))
            return Password(Store, address, thrown);
        var (host, port) = PlaceOf(attempt);
        var finding = await PortProbe.LookAsync(host, port, cancellationToken).ConfigureAwait(false);
        // What the probe met the library may not have reported yet.
        return finding.Failure is { } failure ? OfSocket(failure, host, port) : OfFinding(finding, At(host, port), attempt?.Exception ?? thrown);
    }

    private DibsException? Known(ConnectionAttemptCompletedEventArgs attempt)
    {
        DibsException? ofUs = OfCertificate(attempt) ?? OfPassword(attempt);
        if (ofUs is not null || attempt.Stage != ConnectionAttemptStage.Connect || Innermost(attempt.Exception) is not SocketException socket)
            return ofUs;
        var (host, port) = PlaceOf(attempt);
        return OfSocket(socket, host, port);
    }

    private DibsConfigurationException? OfCertificate(ConnectionAttemptCompletedEventArgs attempt)
    {
        var errors = attempt.ServerCertificatePolicyErrors ?? SslPolicyErrors.None;
        if (attempt.ServerCertificateAccepted == false || (attempt.Stage == ConnectionAttemptStage.Tls && errors != SslPolicyErrors.None))
        {
            var host = PlaceOf(attempt).Host;
            return errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)
                ? Certificate($"shows a certificate that is not for the host '{host}'", "connect by the name in the certificate, or have one made for this name", attempt)
                : Certificate($"shows a certificate that is not trusted ({attempt.ServerCertificateChainStatus})",
                    address.CaFile is null ? "name the authority that signed it: ?ca=FILE" : $"give the authority that signed it; '{address.CaFile}' did not", attempt);
        }
        // OpenSSL's words for the alert by which a server refuses ours.
        return Innermost(attempt.Exception) is { } inner && inner.Message.Contains("alert", StringComparison.Ordinal)
            ? Certificate($"refused {(address.CertificateFile is null ? "a connection without a client certificate" : $"the client certificate '{address.CertificateFile}'")}",
                "give one that it trusts: ?cert=FILE&key=FILE", attempt)
            : null;
    }

    private DibsConfigurationException Certificate(string what, string remedy, ConnectionAttemptCompletedEventArgs attempt) =>
        new("store-certificate", $"{Store} {what}; {remedy}", attempt.Exception);

    private DibsConfigurationException? OfPassword(ConnectionAttemptCompletedEventArgs attempt) =>
        attempt is { FailureType: ConnectionFailureType.AuthenticationFailure, Stage: ConnectionAttemptStage.Handshake } ? Password(Store, address, attempt.Exception) : null;

    /// <summary>The server does not let us in.</summary>
    public static DibsConfigurationException Password(string store, RedisAddress? address, Exception? inner) => new("store-password",
        address?.Password is null
            ? $"{store} asks for a password; give it by DIBS_REDIS_PASSWORD, --password-file or in the address"
            : $"{store} refused the {(address.User is null ? "password" : "user or the password")}; correct it where it is set: DIBS_REDIS_PASSWORD, --password-file, the settings file or the address",
        inner);

    private StoreException OfSocket(SocketException socket, string host, int port) => socket.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => Unreachable($"refused the connection{At(host, port)}", "see that Redis runs there, and that host and port are right", socket),
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain =>
            Unreachable($"cannot be found: the host name '{host}' does not resolve", "correct the name, or the name server", socket),
        _ => Unreachable($"cannot be reached{At(host, port)} ({socket.Message})", "see that host and port are right, and that no firewall is between", socket),
    };

    private StoreException OfFinding(PortFinding finding, string at, Exception? inner) => finding.Kind switch
    {
        PortKind.Nothing => Unreachable($"does not answer{at} (timed out)", "see that host and port are right, and that no firewall is between", inner),
        PortKind.Silent => Unreachable($"takes connections{at} and does not answer (timed out)", "see that it is Redis, and neither frozen nor overloaded", inner),
        PortKind.PlainRedis when address.Tls => OtherProtocol($"speaks no TLS{at}, and the address asks for it", "write redis:// in place of rediss://, or the port of the server's tls-port", inner),
        PortKind.PlainRedis when finding.Refusal.Length > 0 => Unreachable($"ended the connection{at} (it says '{finding.Refusal}')", "do as it says, and try again", inner),
        PortKind.PlainRedis when address.Mode == RedisMode.Sentinel => OtherProtocol($"is no sentinel{at}", "write redis:// for a server, or the hosts of the sentinels", inner),
        PortKind.PlainRedis => Unreachable($"answers{at} and takes no connection of Dibs", "see the log of the server, and that it is a Redis of version 6.2 or later", inner),
        PortKind.Sentinel when address.Mode == RedisMode.Sentinel => NoPrimary(inner),
        PortKind.Sentinel => OtherProtocol($"is a sentinel{at} and keeps no data", "write redis+sentinel://HOST,HOST/SERVICE", inner),
        PortKind.Tls when !address.Tls => OtherProtocol($"speaks TLS{at}, and the address does not ask for it", "write rediss:// in place of redis://", inner),
        PortKind.Tls => OtherProtocol($"speaks TLS{at}, and not as Redis does", "see that the port is that of Redis", inner),
        PortKind.Http => OtherProtocol($"is a web server{at} and not Redis", "see that host and port are right", inner),
        PortKind.Other => OtherProtocol($"speaks something else than Redis{at}", "see that host and port are right", inner),
    };

    private StoreException NoPrimary(Exception? inner) => Unreachable($"has no primary that can be reached: the sentinels know none by the name '{address.Service}', or it does not answer",
        "see that the name is that of 'sentinel monitor' in their configuration, and that the primary runs", inner);

    private StoreException Unreachable(string what, string remedy, Exception? inner) => new("store-unreachable", $"{Store} {what}; {remedy}", inner: inner);

    private StoreException OtherProtocol(string what, string remedy, Exception? inner) => new("store-protocol", $"{Store} {what}; {remedy}", inner: inner);

    // Of several hosts, which one.
    private string At(string host, int port) => address.Hosts.Count > 1 || address.Mode != RedisMode.Standalone ? $" at {new RedisHost(host, port)}" : "";

    private (string Host, int Port) PlaceOf(ConnectionAttemptCompletedEventArgs? attempt) => attempt?.EndPoint switch
    {
        DnsEndPoint dns => (dns.Host, dns.Port),
        IPEndPoint ip => (ip.Address.ToString(), ip.Port),
        _ => (address.Hosts[0].Name, address.Hosts[0].Port),
    };

    private static IEnumerable<Exception> Inner(Exception? exception) => exception switch
    {
        null => [],
        AggregateException many => many.InnerExceptions.SelectMany(Inner),
        _ => Inner(exception.InnerException).Prepend(exception),
    };

    private static Exception? Innermost(Exception? exception) => exception?.GetBaseException();
}
