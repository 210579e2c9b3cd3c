using System.CommandLine;
using Dibs.Cli.Input;
using Dibs.Jobs;

namespace Dibs.Cli.Settings;

/// <summary>
/// The file of <c>--settings</c> or <c>DIBS_SETTINGS</c>, in YAML or JSON. All of it is checked when it is read, needed or not.
/// Relative paths in it are meant from its own directory.
/// </summary>
internal sealed record SettingsFile
{
    private const string StoreKey = "store", NamespaceKey = "namespace", RedisKey = "redis", WorkerKey = "worker";

    private static readonly string[] Known = [StoreKey, NamespaceKey, RedisKey, WorkerKey];

    private SettingsFile()
    {
    }

    /// <summary>No file was given.</summary>
    public static SettingsFile None { get; } = new();

    public StoreAddress? Store { get; private init; }

    public string? Namespace { get; private init; }

    /// <summary>The options of <c>dibs worker</c>.</summary>
    public ParseResult? Worker { get; private init; }

    /// <summary>What is not as it should be, though it works: a line each.</summary>
    public IReadOnlyList<string> Warnings { get; private init; } = [];

    /// <param name="path">The file.</param>
    /// <param name="root">All verbs, whose options the file may give.</param>
    /// <param name="variable">Reads an environment variable.</param>
    /// <exception cref="DibsConfigurationException">It cannot be read, or something in it is wrong: the message has the line.</exception>
    public static SettingsFile Load(string path, RootCommand root, Func<string, string?> variable)
    {
        path = Path.GetFullPath(path);
        try
        {
            return Read(SettingsReader.Read(SmallFile.Read(path, "settings")), path, root, variable);
        }
        catch (SettingsException failure)
        {
            throw new DibsConfigurationException("settings-file", $"the settings file {path}, line {failure.Line}: {failure.Message}", failure);
        }
    }

    private static SettingsFile Read(SettingsSection file, string path, RootCommand root, Func<string, string?> variable)
    {
        file.AllowOnly(Known);
        var directory = Path.GetDirectoryName(path)!;
        // Both are read, so that a mistake in the one that is not used is found too.
        var (store, redis) = (ReadStore(file[StoreKey], variable, directory), ReadRedis(file[RedisKey], directory));
        return new SettingsFile
        {
            Store = store ?? redis,
            Namespace = ReadNamespace(file[NamespaceKey]),
            Worker = file[WorkerKey] is { } worker ? WorkerSection.Read(worker.AsSection(), root, directory) : null,
            Warnings = [.. Warn(path, store, redis)],
        };
    }

    private static StoreAddress? ReadStore(SettingsNode? node, Func<string, string?> variable, string directory) =>
        node?.AsText() is { } text ? node.Read(() => StoreAddress.Parse(text, variable, directory)) : null;

    private static StoreAddress? ReadRedis(SettingsNode? node, string directory) =>
        node?.AsSection() is { IsEmpty: false } section ? new StoreAddress(Redis: RedisSection.Read(section, directory)) : null;

    private static string? ReadNamespace(SettingsNode? node)
    {
        if (node?.AsText() is not { } name)
            return null;
        return node.Read(() =>
        {
            JobRules.RequireName("namespace", name);
            return name;
        });
    }

    private static IEnumerable<string> Warn(string path, StoreAddress? store, StoreAddress? redis)
    {
        if (store?.Redis is not null && redis is not null)
            yield return $"the settings file {path} has a section 'redis' that is not used, since its 'store' is an address; put all into one of them";
        var holdsPassword = store?.Redis?.Password is not null || redis?.Redis?.Password is not null;
        if (holdsPassword && !OperatingSystem.IsWindows() && File.GetUnixFileMode(path).HasFlag(UnixFileMode.OtherRead))
            yield return $"the settings file {path} holds a password and every user of this machine can read it; run: chmod o-r {path}";
    }
}
