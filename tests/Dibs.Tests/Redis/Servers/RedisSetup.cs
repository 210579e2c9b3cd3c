using System.Globalization;

namespace Dibs.Tests.Redis.Servers;

/// <summary>How a server is set up; without anything: in memory alone, open to everyone on loopback.</summary>
public sealed record RedisSetup
{
    /// <summary>The user with all rights that the tests themselves use where <see cref="Users"/> are given.</summary>
    public const string OperatorName = "operator";

    /// <summary>The password of <see cref="OperatorName"/>.</summary>
    public const string OperatorPassword = "for-the-tests";

    /// <summary>The name under which sentinels know the primary.</summary>
    public const string Service = "dibs";

    /// <summary><c>always</c>, <c>everysec</c>, <c>no</c>; null: no append-only file.</summary>
    public string? AppendOnly { get; init; }

    /// <summary>The password of the default user; null: none.</summary>
    public string? Password { get; init; }

    /// <summary>Rules of users as <c>ACL SETUSER</c> takes them, e.g. <c>worker on >secret ~* +@all</c>.</summary>
    public IReadOnlyList<string> Users { get; init; } = [];

    /// <summary>Takes TLS connections and no others.</summary>
    public TestCertificates? Tls { get; init; }

    /// <summary>With <see cref="Tls"/>: shows the certificate of another host.</summary>
    public bool HasAnotherName { get; init; }

    /// <summary>With <see cref="Tls"/>: demands a certificate of clients.</summary>
    public bool AsksClientCertificate { get; init; }

    /// <summary>In bytes; null: no limit.</summary>
    public long? MaxMemory { get; init; }

    public string EvictionPolicy { get; init; } = "noeviction";

    /// <summary>Speaks no RESP3, as a server before 6.0 or a proxy.</summary>
    public bool OnlyResp2 { get; init; }

    public RedisServer? ReplicaOf { get; init; }

    /// <summary>Is a node of a cluster.</summary>
    public bool IsClusterNode { get; init; }

    /// <summary>Is no store but a sentinel that watches this primary.</summary>
    public RedisServer? Watches { get; init; }

    /// <summary>Lines of the configuration that go last and so win.</summary>
    public IReadOnlyList<string> Also { get; init; } = [];

    /// <summary>The configuration file.</summary>
    internal IEnumerable<string> Lines(int port, string folder) =>
    [
        "bind 127.0.0.1",
        $"dir {folder}",
        .. Listening(port),
        .. Watches is { } primary ? Sentinel(primary) : Store(),
        .. Also,
    ];

    private IEnumerable<string> Listening(int port)
    {
        if (Tls is null)
            return [$"port {port}"];
        var shown = HasAnotherName ? Tls.ServerOfAnotherName : Tls.Server;
        return
        [
            "port 0",
            $"tls-port {port}",
            $"tls-cert-file {shown.Certificate}",
            $"tls-key-file {shown.Key}",
            $"tls-ca-cert-file {Tls.AuthorityFile}",
            $"tls-auth-clients {(AsksClientCertificate ? "yes" : "no")}",
        ];
    }

    private IEnumerable<string> Store()
    {
        yield return "save \"\"";
        yield return $"appendonly {(AppendOnly is null ? "no" : "yes")}";
        yield return "repl-diskless-sync-delay 0";
        if (RedisBinary.Installed.Version.Major >= 7)
            yield return "enable-debug-command yes";
        if (AppendOnly is not null)
            yield return $"appendfsync {AppendOnly}";
        if (MaxMemory is { } bytes)
            yield return string.Create(CultureInfo.InvariantCulture, $"maxmemory {bytes}");
        yield return $"maxmemory-policy {EvictionPolicy}";
        if (Password is not null)
        {
            yield return $"requirepass \"{Password}\"";
            yield return $"masterauth \"{Password}\"";
        }
        if (OnlyResp2)
            yield return "rename-command HELLO \"\"";
        if (ReplicaOf is not null)
            yield return $"replicaof 127.0.0.1 {ReplicaOf.Port}";
        foreach (var user in Users)
            yield return $"user {user}";
        if (Users is not [])
            yield return $"user {OperatorName} on >{OperatorPassword} ~* &* +@all";
        if (!IsClusterNode)
            yield break;
        yield return "cluster-enabled yes";
        yield return "cluster-config-file nodes.conf";
        yield return "cluster-node-timeout 1500";
        yield return "cluster-replica-validity-factor 0";
    }

    private IEnumerable<string> Sentinel(RedisServer primary)
    {
        yield return $"sentinel monitor {Service} 127.0.0.1 {primary.Port} 2";
        yield return $"sentinel down-after-milliseconds {Service} 1000";
        yield return $"sentinel failover-timeout {Service} 3000";
        if (Password is not null)
            yield return $"sentinel auth-pass {Service} \"{Password}\"";
    }
}
