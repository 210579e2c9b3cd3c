using Dibs.Cli.Input;
using Dibs.Redis;

namespace Dibs.Cli.Settings;

/// <summary>The section <c>redis</c>: the parts of the address of one server, under names of their own. Sentinels and clusters are named by an address, in <c>store</c>.</summary>
internal static class RedisSection
{
    private const string Host = "host", Port = "port", Database = "db", User = "user", Password = "password", Tls = "tls", Ca = "ca", Certificate = "cert", Key = "key";

    private const int HighestPort = 65_535;

    private static readonly string[] Known = [Host, Port, Database, User, Password, Tls, Ca, Certificate, Key];

    /// <param name="section">The section.</param>
    /// <param name="directory">Where relative paths in it are meant from.</param>
    public static RedisAddress Read(SettingsSection section, string directory)
    {
        section.AllowOnly(Known);
        var address = new RedisAddress
        {
            Hosts = [new RedisHost(Text(Host) ?? "127.0.0.1", Number(Port, 1, HighestPort) ?? RedisHost.ServerPort)],
            Database = Number(Database, 0, int.MaxValue) ?? 0,
            User = Text(User),
            Password = Text(Password),
            Tls = section[Tls]?.AsFlag() ?? false,
            CaFile = Text(Ca),
            CertificateFile = Text(Certificate),
            KeyFile = Text(Key),
        };
        return section.Read(address.Checked).WithFilesFrom(directory);

        // Empty is as good as absent: the original's file had password: ''.
        string? Text(string key) => section[key]?.AsText() is { Length: > 0 } text ? text : null;

        int? Number(string key, int least, int most) =>
            Text(key) is { } text ? section[key]!.Read(() => OptionText.Number(section[key]!.Key, text, least, most)) : null;
    }
}
