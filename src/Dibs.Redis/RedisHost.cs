using System.Globalization;

namespace Dibs.Redis;

/// <summary>Where a server or a sentinel listens.</summary>
/// <param name="Name">Host name or IP address; an IPv6 address without brackets.</param>
/// <param name="Port">1 to 65535; usually 6379, of a sentinel 26379.</param>
public readonly record struct RedisHost(string Name, int Port)
{
    /// <summary>The port of a server when none is given.</summary>
    public const int ServerPort = 6379;

    /// <summary>The port of a sentinel when none is given.</summary>
    public const int SentinelPort = 26379;

    /// <summary><c>NAME:PORT</c>, an IPv6 address in brackets.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(Name.Contains(':', StringComparison.Ordinal) ? $"[{Name}]" : Name)}:{Port}");
}
