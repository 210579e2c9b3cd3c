namespace Dibs.Cli.Input;

/// <summary>Which store: what <c>--store</c>, <c>DIBS_STORE</c> or the default says.</summary>
/// <param name="Path">Full path of the SQLite file; none for the memory of this process.</param>
/// <param name="IsDefault">It is the file in the user's data directory.</param>
internal sealed record StoreAddress(string? Path, bool IsDefault = false)
{
    private const string Known = "write sqlite:PATH, or sqlite: for the file in your data directory";

    private static readonly string[] RedisSchemes = ["redis", "rediss", "redis+sentinel", "rediss+sentinel", "redis+cluster", "rediss+cluster"];

    public bool IsMemory => Path is null;

    public override string ToString() => IsMemory ? "memory:" : $"sqlite:{Path}";

    /// <summary>Reads an address; no more than its scheme is repeated in an error, since the rest may hold a password.</summary>
    /// <param name="text">The address; none for the default.</param>
    /// <param name="variable">Reads an environment variable.</param>
    /// <exception cref="DibsConfigurationException">It is malformed, or of a store that this version does not have.</exception>
    public static StoreAddress Parse(string? text, Func<string, string?> variable)
    {
        if (text is null)
            return Default(variable);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
            throw Malformed(text.Length == 0 ? "is empty" : $"has no scheme; did you mean 'sqlite:{text}'?", text.Length == 0 ? Known : null);
        var (scheme, rest) = (text[..colon], text[(colon + 1)..]);
        if (scheme == "sqlite")
            return rest.Length == 0 ? Default(variable) : new StoreAddress(FullPath(rest));
        if (scheme == "memory")
            return rest.Length == 0 ? new StoreAddress(Path: null) : throw Malformed("has something after 'memory:'", "write memory: alone");
        if (RedisSchemes.Contains(scheme))
            throw new DibsConfigurationException("store-unsupported", $"this version of Dibs has no Redis store (the address begins with '{scheme}:'); {Known}");
        throw Malformed($"begins with '{scheme}:', which is no kind of store", Known);
    }

    private static string FullPath(string path)
    {
        if (path.StartsWith("//", StringComparison.Ordinal))
            throw Malformed("has '//' after 'sqlite:'", "write the path right after the colon: sqlite:jobs.db or sqlite:/srv/dibs/jobs.db");
        if (path.Contains('\0', StringComparison.Ordinal))
            throw Malformed("holds a NUL character", Known);
        return System.IO.Path.GetFullPath(path);
    }

    private static StoreAddress Default(Func<string, string?> variable) => new(DefaultPath(variable), IsDefault: true);

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
