using System.Diagnostics;
using Dibs.Redis.Addresses;
using StackExchange.Redis;

namespace Dibs.Redis;

/// <summary>
/// Where a Redis store is, and how one gets in. Read it from an address with <see cref="Parse"/>, or put it together; secrets from
/// elsewhere are added by <c>with</c>. What is written of it anywhere never shows the user, the password or a file of a key.
/// </summary>
[DebuggerDisplay("{ToString(),nq}")]
public sealed record RedisAddress
{
    /// <summary>How the servers are found. Default: one server.</summary>
    public RedisMode Mode { get; init; }

    /// <summary>The server; with Sentinel the sentinels, with Cluster some of its servers: one that answers is enough.</summary>
    public required IReadOnlyList<RedisHost> Hosts { get; init; }

    /// <summary>The name by which the sentinels know the primary; with Sentinel only.</summary>
    public string? Service { get; init; }

    /// <summary>The ACL user. Default: the server's user <c>default</c>.</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public string? User { get; init; }

    /// <summary>The password. Default: none.</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public string? Password { get; init; }

    /// <summary>The number of the database, from 0 up; a server has 16 unless its setting <c>databases</c> says otherwise, a cluster has only 0. Default: 0.</summary>
    public int Database { get; init; }

    /// <summary>Connections are encrypted, and the server proves who it is by a certificate. Default: no.</summary>
    public bool Tls { get; init; }

    /// <summary>A PEM file with the authorities that may sign the server's certificate, in place of those that the system trusts; with TLS only.</summary>
    public string? CaFile { get; init; }

    /// <summary>A PEM file with the certificate that this client shows; with TLS only, together with <see cref="KeyFile"/>.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>The PEM file with the private key of that certificate, not encrypted.</summary>
    public string? KeyFile { get; init; }

    /// <summary>What every key and channel of Dibs begins with, before <c>{dibs:NAMESPACE}</c>; at most 256 bytes, without braces. Default: nothing.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>What a connection string of StackExchange.Redis said, with all that the address has no word for.</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    internal ConfigurationOptions? Template { get; init; }

    /// <summary>
    /// Reads <c>redis://[USER:PASSWORD@]HOST[:6379][/DB]</c>, <c>redis+sentinel://[USER:PASSWORD@]H1:26379,H2/SERVICE[/DB]</c> or
    /// <c>redis+cluster://[USER:PASSWORD@]H1,H2</c>, with <c>rediss</c> for TLS and the options <c>?ca=FILE&amp;cert=FILE&amp;key=FILE&amp;prefix=TEXT</c>.
    /// User, password and options are percent-encoded; either of user and password may be left out. No file is read yet.
    /// </summary>
    /// <exception cref="DibsConfigurationException">It is malformed (<c>store-malformed</c>), or names a database in a cluster (<c>store-cluster-database</c>).</exception>
    public static RedisAddress Parse(string address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return new RedisUrl(address).Read().Checked();
    }

    /// <summary>Whether it is written as a URL, for <see cref="Parse"/>, and not as a connection string.</summary>
    public static bool IsUrl(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return RedisUrl.HasScheme(text);
    }

    /// <summary>Reads a connection string of StackExchange.Redis, such as <c>cache:6379,password=…,ssl=true</c>.</summary>
    /// <exception cref="DibsConfigurationException">StackExchange.Redis cannot read it (<c>store-malformed</c>).</exception>
    public static RedisAddress FromConnectionString(string connectionString)
    {
        ArgumentException.ThrowIfNullOrEmpty(connectionString);
        return ConnectionString.Read(connectionString);
    }

    /// <summary>This address, with its files meant from a directory.</summary>
    /// <param name="directory">The full path of the directory.</param>
    public RedisAddress WithFilesFrom(string directory) => this with
    {
        CaFile = FullPath(CaFile, directory),
        CertificateFile = FullPath(CertificateFile, directory),
        KeyFile = FullPath(KeyFile, directory),
    };

    /// <summary>The address as people may see it: without user, password and files.</summary>
    public override string ToString()
    {
        var scheme = (Tls ? "rediss" : "redis") + Mode switch { RedisMode.Standalone => "", RedisMode.Sentinel => "+sentinel", RedisMode.Cluster => "+cluster" };
        var service = Mode == RedisMode.Sentinel ? $"/{Uri.EscapeDataString(Service ?? "")}" : "";
        var database = Mode == RedisMode.Cluster ? "" : FormattableString.Invariant($"/{Database}");
        var prefix = Prefix.Length == 0 ? "" : $"?prefix={Uri.EscapeDataString(Prefix)}";
        return $"{scheme}://{string.Join(',', Hosts)}{service}{database}{prefix}";
    }

    /// <summary>This address, if its parts fit together, however it was put together.</summary>
    /// <exception cref="DibsConfigurationException">They do not.</exception>
    internal RedisAddress Checked()
    {
        AddressRules.Require(this);
        return this;
    }

    private static string? FullPath(string? file, string directory) => file is null ? null : Path.GetFullPath(file, directory);
}
