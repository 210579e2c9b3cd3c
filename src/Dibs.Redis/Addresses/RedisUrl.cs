using System.Globalization;
using Dibs.Jobs;

namespace Dibs.Redis.Addresses;

/// <summary>Reads an address that is written as a URL.</summary>
/// <remarks>System.Uri is no use here: it knows no list of hosts, and repeats in its errors what may be a password.</remarks>
internal sealed class RedisUrl(string text)
{
    private const string Separator = "://";
    private const string Forms = "write redis://[USER:PASSWORD@]HOST[:6379][/DB], redis+sentinel://HOST,HOST/SERVICE[/DB] or redis+cluster://HOST,HOST (rediss… for TLS)";

    private static readonly Dictionary<string, (RedisMode Mode, bool Tls)> Schemes = new(StringComparer.Ordinal)
    {
        ["redis"] = (RedisMode.Standalone, false),
        ["rediss"] = (RedisMode.Standalone, true),
        ["redis+sentinel"] = (RedisMode.Sentinel, false),
        ["rediss+sentinel"] = (RedisMode.Sentinel, true),
        ["redis+cluster"] = (RedisMode.Cluster, false),
        ["rediss+cluster"] = (RedisMode.Cluster, true),
    };

    private static readonly string[] OptionNames = ["ca", "cert", "key", "prefix"];

    /// <summary>Whether it begins as a URL does. <c>redis:6379</c> does not: that is a connection string, with a host of that name.</summary>
    public static bool HasScheme(string text) => Cut(text, Separator) is (var scheme, not null) && scheme.All(letter => char.IsAsciiLetter(letter) || letter == '+');

    public RedisAddress Read()
    {
        var (scheme, rest) = Cut(text, Separator);
        if (rest is null || !Schemes.TryGetValue(scheme, out var kind))
            throw AddressRules.Malformed("is none of Redis", Forms);
        if (rest.Contains('#', StringComparison.Ordinal))
            throw AddressRules.Malformed("has a '#' in it", "write a '#' of a user, password or option as %23");
        var (beforeQuery, query) = Cut(rest, "?");
        var (authority, path) = Cut(beforeQuery, "/");
        // A secret that is not encoded breaks the address apart in the wrong place: nothing of it may be shown then.
        if (authority.Count(letter => letter == '@') > 1 || path?.Contains('@', StringComparison.Ordinal) == true || query?.Contains('@', StringComparison.Ordinal) == true)
            throw AddressRules.Malformed("has an '@' too many", "in a user, a password and an option write '@' as %40, '/' as %2F, '?' as %3F, ':' as %3A and '%' as %25");
        var (credentials, hosts) = authority.Contains('@', StringComparison.Ordinal) ? Cut(authority, "@") : (null, authority);
        var (service, database) = ReadPath(kind.Mode, path);
        var options = ReadOptions(query);
        var (user, password) = ReadCredentials(credentials);
        return new RedisAddress
        {
            Mode = kind.Mode,
            Tls = kind.Tls,
            Hosts = ReadHosts(hosts!, kind.Mode == RedisMode.Sentinel ? RedisHost.SentinelPort : RedisHost.ServerPort),
            Service = service,
            User = user,
            Password = password,
            Database = database,
            CaFile = options.GetValueOrDefault("ca"),
            CertificateFile = options.GetValueOrDefault("cert"),
            KeyFile = options.GetValueOrDefault("key"),
            Prefix = options.GetValueOrDefault("prefix", ""),
        };
    }

    private static (string? User, string? Password) ReadCredentials(string? credentials)
    {
        if (credentials is null)
            return (null, null);
        var (user, password) = Cut(credentials, ":");
        if (password?.Contains(':', StringComparison.Ordinal) == true)
            throw AddressRules.Malformed("has a ':' too many before the '@'", "write a ':' of a user or password as %3A");
        return (NotEmpty(PercentText.Decode("a user", user)), NotEmpty(PercentText.Decode("a password", password ?? "")));
    }

    private static List<RedisHost> ReadHosts(string hosts, int usualPort) => [.. hosts.Split(',').Select(host => ReadHost(host, usualPort))];

    private static RedisHost ReadHost(string host, int usualPort)
    {
        if (!host.StartsWith('['))
        {
            var (name, port) = Cut(host, ":");
            if (port?.Contains(':', StringComparison.Ordinal) == true)
                throw AddressRules.Malformed("has more than one ':' in a host", "write an IPv6 address in brackets: redis://[::1]:6379");
            return new RedisHost(name, port is null ? usualPort : ReadNumber("port", port));
        }
        var (address, rest) = Cut(host[1..], "]");
        if (rest is null || !address.Contains(':', StringComparison.Ordinal) || !AddressRules.IsHost(address))
            throw AddressRules.Malformed("has brackets that hold no IPv6 address", "write it as in redis://[::1]:6379");
        if (rest.Length > 0 && rest[0] != ':')
            throw AddressRules.Malformed("has something other than a port after a bracket", "write it as in redis://[::1]:6379");
        return new RedisHost(address, rest.Length == 0 ? usualPort : ReadNumber("port", rest[1..]));
    }

    private static (string? Service, int Database) ReadPath(RedisMode mode, string? path)
    {
        string[] parts = string.IsNullOrEmpty(path) ? [] : path.Split('/');
        var service = mode == RedisMode.Sentinel && parts.Length > 0 ? PercentText.Decode("a service", parts[0]) : null;
        var rest = mode == RedisMode.Sentinel ? parts.Skip(1).ToArray() : parts;
        return rest switch
        {
            [] or [""] => (service, 0),
            [var database] => (service, ReadNumber("database", database)),
            _ => throw AddressRules.Malformed("has a path of too many parts", Forms),
        };
    }

    private static Dictionary<string, string> ReadOptions(string? query)
    {
        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var option in string.IsNullOrEmpty(query) ? [] : query.Split('&'))
        {
            var (name, value) = Cut(option, "=");
            if (value is null)
                throw AddressRules.Malformed("has an option without a value", $"write NAME=VALUE with one of {string.Join(", ", OptionNames)}");
            if (!OptionNames.Contains(name, StringComparer.Ordinal))
                throw UnknownOption(name);
            if (!options.TryAdd(name, PercentText.Decode($"the option '{name}'", value)))
                throw AddressRules.Malformed($"has the option '{name}' twice", "give it once");
            if (options[name].Length == 0 && name != "prefix")
                throw AddressRules.Malformed($"has an empty option '{name}'", $"write {name}=FILE, or leave it out");
        }
        return options;
    }

    private static DibsConfigurationException UnknownOption(string name)
    {
        var nearest = NearestNames.Of(name, OptionNames);
        return AddressRules.Malformed($"has an unknown option '{JobRules.Show(name)}'",
            nearest.Count > 0 ? $"did you mean '{nearest[0]}'?" : $"known are {string.Join(", ", OptionNames)}");
    }

    // Only digits are repeated in an error, and there is no '@' behind them: they are no part of a password.
    private static int ReadNumber(string what, string digits) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw AddressRules.Malformed(
                digits.Length > 0 && digits.All(char.IsAsciiDigit) ? $"has the {what} {JobRules.Show(digits)}, which is too large" : $"has a {what} that is no number",
                what == "port" ? $"use 1 to 65535, usually {RedisHost.ServerPort}" : "use 0 to 15, unless the server's setting 'databases' allows more");

    private static string? NotEmpty(string value) => value.Length == 0 ? null : value;

    /// <summary>The text before and after the first separator; nothing after it when there is none.</summary>
    private static (string Before, string? After) Cut(string text, string separator) =>
        text.IndexOf(separator, StringComparison.Ordinal) is var at and >= 0 ? (text[..at], text[(at + separator.Length)..]) : (text, null);
}
