using System.Net;
using System.Text;

namespace Dibs.Redis.Addresses;

/// <summary>What an address may be, wherever its parts came from. Refusals show only what cannot be part of a secret.</summary>
internal static class AddressRules
{
    private const int HighestPort = 65_535;

    /// <exception cref="DibsConfigurationException">Its parts do not fit together.</exception>
    public static void Require(RedisAddress address)
    {
        RequirePrefix(address.Prefix);
        // The rest of a connection string is known to StackExchange.Redis alone.
        if (address.Template is not null)
            return;
        RequireHosts(address);
        RequireService(address);
        RequireDatabase(address);
        RequireTls(address);
    }

    /// <summary>A host name, or an IP address; an IPv6 address without brackets.</summary>
    public static bool IsHost(string name) =>
        IPAddress.TryParse(name, out _) || (name.Length > 0 && name.All(letter => char.IsLetterOrDigit(letter) || letter is '.' or '-' or '_'));

    public static DibsConfigurationException Malformed(string what, string remedy) => new("store-malformed", $"the store address {what}; {remedy}");

    public static DibsConfigurationException ClusterDatabase(int database) => new("store-cluster-database",
        $"the store address names database {database}, and a cluster has only database 0; leave it out, and keep apart what shares a cluster by --namespace or prefix=");

    /// <summary>A key of Dibs is <c>PREFIX{dibs:NAMESPACE}:…</c>: other braces would change where a cluster keeps it.</summary>
    /// <exception cref="DibsConfigurationException">The namespace has braces in it (<c>bad-namespace</c>).</exception>
    public static void RequireNamespace(string @namespace)
    {
        if (HasBraces(@namespace))
            throw new DibsConfigurationException("bad-namespace", $"the namespace '{@namespace}' has a brace, by which Redis tells where keys belong; choose a name without '{{' and '}}'");
    }

    public static void RequirePrefix(string prefix)
    {
        if (HasBraces(prefix))
            throw Malformed("has a brace in its prefix, by which Redis tells where keys belong", "write prefix= without '{' and '}'");
        if (prefix.Any(char.IsControl))
            throw Malformed("has a control character in its prefix", "leave it out");
        if (Encoding.UTF8.GetByteCount(prefix) is var bytes and > Limits.NameBytes)
            throw Malformed($"has a prefix of {bytes} bytes; the limit is {Limits.NameBytes}", "choose a shorter one, since every key begins with it");
    }

    private static void RequireHosts(RedisAddress address)
    {
        if (address.Hosts.Count == 0)
            throw Malformed("names no host", "write redis://HOST:PORT");
        if (address.Mode == RedisMode.Standalone && address.Hosts.Count > 1)
            throw Malformed($"names {address.Hosts.Count} hosts", "write one host, or redis+sentinel://HOST,HOST/SERVICE, or redis+cluster://HOST,HOST");
        foreach (var (name, port) in address.Hosts)
        {
            if (name.Length == 0)
                throw Malformed("has an empty host", "write redis://HOST:PORT");
            if (!IsHost(name))
                throw Malformed("has a host that is neither a host name nor an IP address", "write redis://HOST:PORT, with an IPv6 address in brackets: redis://[::1]:6379");
            if (port is < 1 or > HighestPort)
                throw Malformed($"has the port {port}; the limit is 1 to {HighestPort}", $"use one of these, usually {RedisHost.ServerPort}");
        }
    }

    private static void RequireService(RedisAddress address)
    {
        if (address.Mode == RedisMode.Sentinel && string.IsNullOrEmpty(address.Service))
            throw Malformed("does not name the service that the sentinels watch", "write redis+sentinel://HOST,HOST/SERVICE, with the name from 'sentinel monitor NAME' in their configuration");
    }

    private static void RequireDatabase(RedisAddress address)
    {
        if (address.Database < 0)
            throw Malformed($"has the database {address.Database}; it is from 0 up", "use one of 0 to 15, unless the server's setting 'databases' allows more");
        if (address.Mode == RedisMode.Cluster && address.Database != 0)
            throw ClusterDatabase(address.Database);
    }

    private static void RequireTls(RedisAddress address)
    {
        if ((address.CertificateFile is null) != (address.KeyFile is null))
        {
            var (given, missing) = address.KeyFile is null ? ("certificate", "key") : ("key", "certificate");
            throw Malformed($"names a client {given} and no {missing}", "give both, cert=FILE and key=FILE");
        }
        if (!address.Tls && (address.CaFile ?? address.CertificateFile) is not null)
            throw Malformed("names certificate files and does not ask for TLS", "write rediss:// in place of redis://, or leave ca, cert and key out");
    }

    private static bool HasBraces(string text) => text.AsSpan().IndexOfAny('{', '}') >= 0;
}
