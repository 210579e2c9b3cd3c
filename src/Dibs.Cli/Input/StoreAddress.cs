using Dibs.Redis;

namespace Dibs.Cli.Input;

/// <summary>The address of a store: of a SQLite file, of Redis, or the memory of this process.</summary>
/// <param name="Path">Full path of the SQLite file.</param>
/// <param name="Redis">Servers, credentials and trust.</param>
/// <param name="IsDefault">It is the file in the user's data directory.</param>
internal sealed record StoreAddress(string? Path = null, RedisAddress? Redis = null, bool IsDefault = false)
{
    private const string Known = "write sqlite:PATH, sqlite: for the file in your data directory, or redis://HOST";

    public bool IsMemory => Path is null && Redis is null;

    /// <summary>The address for people and logs: without its password.</summary>
    public override string ToString() => Redis is not null ? $"{Redis}" : IsMemory ? "memory:" : $"sqlite:{Path}";

    /// <summary>Reads an address; no more than its scheme is repeated in an error, since the rest may hold a password.</summary>
    /// <param name="text">The address.</param>
    /// <param name="variable">Reads an environment variable.</param>
    /// <param name="directory">Where relative paths in it are meant from; without one, the current directory.</param>
    /// <exception cref="DibsConfigurationException">It is malformed.</exception>
    public static StoreAddress Parse(string text, Func<string, string?> variable, string? directory = null)
    {
        directory ??= Environment.CurrentDirectory;
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
            throw Malformed(text.Length == 0 ? "is empty" : $"has no scheme; did you mean 'sqlite:{text}'?", text.Length == 0 ? Known : null);
        var (scheme, rest) = (text[..colon], text[(colon + 1)..]);
        if (scheme == "sqlite")
            return rest.Length == 0 ? Default(variable) : new StoreAddress(Path: FullPath(rest, directory));
        if (scheme == "memory")
            return rest.Length == 0 ? new StoreAddress() : throw Malformed("has something after 'memory:'", "write memory: alone");
        return scheme.StartsWith("redis", StringComparison.Ordinal)
            ? new StoreAddress(Redis: RedisAddress.Parse(text).WithFilesFrom(directory))
            : throw Malformed($"begins with '{scheme}:', which is no kind of store{OptionText.Meant(scheme, ["sqlite", "memory", "redis", "rediss"])}", Known);
    }

    /// <summary>The file in the user's data directory.</summary>
    /// <exception cref="DibsConfigurationException">There is no such directory.</exception>
    public static StoreAddress Default(Func<string, string?> variable) => new(Path: DefaultPath(variable), IsDefault: true);

    private static string FullPath(string path, string directory)
    {
        if (path.StartsWith("//", StringComparison.Ordinal))
            throw Malformed("has '//' after 'sqlite:'", "write the path right after the colon: sqlite:jobs.db or sqlite:/srv/dibs/jobs.db");
        if (path.Contains('\0', StringComparison.Ordinal))
            throw Malformed("holds a NUL character", Known);
        return System.IO.Path.GetFullPath(path, directory);
    }

    private static string DefaultPath(Func<string, string?> variable)
    {
        // The XDG rules: a relative or empty value is to be ignored.
        if (variable("XDG_DATA_HOME") is { } data && System.IO.Path.IsPathFullyQualified(data))
            return System.IO.Path.Combine(data, "dibs", "dibs.db");
        if (variable("HOME") is { Length: > 0 } home)
            return System.IO.Path.Combine(home, ".local", "share", "dibs", "dibs.db");
        var local = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return local.Length > 0
            ? System.IO.Path.Combine(local, "dibs", "dibs.db")
            : throw new DibsConfigurationException("store-unknown", "there is no data directory, since neither XDG_DATA_HOME nor HOME is set; give --store sqlite:PATH or set DIBS_STORE");
    }

    private static DibsConfigurationException Malformed(string what, string? remedy) =>
        new("store-malformed", $"the store address {what}{(remedy is null ? "" : $"; {remedy}")}");
}
