using System.CommandLine;

namespace Dibs.Cli.Frame;

/// <summary>The options of every verb.</summary>
internal static class CommonOptions
{
    public static Option<string?> Store { get; } = Everywhere(Opt.Text("--store", "URL", "The store (else DIBS_STORE, else of the settings file, else sqlite: in your data directory)."));

    public static Option<string?> Namespace { get; } = Everywhere(Opt.Text("--namespace", "NAME", "The namespace (else DIBS_NAMESPACE, else of the settings file, else 'default')."));

    public static Option<string?> Settings { get; } = Everywhere(Opt.Text("--settings", "FILE", "A settings file in YAML or JSON (else DIBS_SETTINGS)."));

    public static Option<string?> PasswordFile { get; } = Everywhere(Opt.Text("--password-file", "FILE", "The first line of this file is the password of Redis (else DIBS_REDIS_PASSWORD)."));

    public static Option<bool> Json { get; } = Everywhere(Opt.Flag("--json", "One JSON document on stdout."));

    public static Option<bool> Quiet { get; } = Everywhere(Opt.Flag("--quiet", "Only the essential."));

    public static Option<bool> Verbose { get; } = Everywhere(Opt.Flag("--verbose", "More detail."));

    public static IReadOnlyList<Option> All { get; } = [Store, Namespace, Settings, PasswordFile, Json, Quiet, Verbose];

    private static T Everywhere<T>(T option) where T : Option
    {
        option.Recursive = true;
        return option;
    }
}
