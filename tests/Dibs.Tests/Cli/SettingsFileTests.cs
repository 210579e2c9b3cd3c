using System.CommandLine;
using System.Runtime.Versioning;
using Dibs.Cli.Frame;
using Dibs.Cli.Settings;
using Dibs.Tests.Support;

namespace Dibs.Tests.Cli;

public sealed class SettingsFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = TemporaryFolder.InMemory();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_in_YAML_says_all_that_the_command_line_can_say()
    {
        var settings = Load(
            """
            # Settings of the media archive.
            store: sqlite:/srv/dibs/jobs.db
            namespace: media
            worker:
              name: 'media@%h'
              queue: [mail, default]
              slots: 4
              allow-commands: true
              burst: false
              lease: 1m
              on-store-loss: exit
              app:
                - bin/Shop.dll
            """);
        Assert.Equal(("sqlite:/srv/dibs/jobs.db", "media"), ($"{settings.Store}", settings.Namespace));
        Assert.Equal(("media@%h", 4, TimeSpan.FromMinutes(1)), (Worker<string>(settings, "name"), Worker<int?>(settings, "slots"), Worker<TimeSpan?>(settings, "lease")));
        Assert.Equal((true, false, OnStoreLoss.Exit), (Worker<bool>(settings, "allow-commands"), Worker<bool>(settings, "burst"), Worker<OnStoreLoss?>(settings, "on-store-loss")));
        Assert.Equal(["mail", "default"], Worker<string[]>(settings, "queue"));
        Assert.Equal([_folder.File("bin/Shop.dll")], Worker<string[]>(settings, "app"));
    }

    [Fact]
    public void JSON_is_as_good()
    {
        var settings = Load("{\n\t\"namespace\": \"m\\u00e9dia\",\n\t\"redis\": { \"host\": \"cache\", \"port\": 7000, \"password\": null },\n\t\"worker\": {\"slots\": 4, \"queue\": \"mail\", \"burst\": true}\n}\n");
        Assert.Equal(("redis://cache:7000/0", "média"), ($"{settings.Store}", settings.Namespace));
        Assert.Equal((4, true), (Worker<int?>(settings, "slots"), Worker<bool>(settings, "burst")));
        Assert.Equal(["mail"], Worker<string[]>(settings, "queue"));
    }

    [Fact]
    public void The_section_redis_is_the_store_when_no_other_is_named()
    {
        var redis = Load(
            """
            redis:
              host: cache.example.org
              port: 6380
              db: 3
              user: ann
              password: 0123
              tls: true
              ca: certs/ca.pem
              cert: /etc/dibs/client.pem
              key: ../client.key
            """).Store!.Redis!;
        Assert.Equal(("rediss://cache.example.org:6380/3", "ann", "0123"), ($"{redis}", redis.User, redis.Password));
        Assert.Equal(
            (_folder.File("certs/ca.pem"), "/etc/dibs/client.pem", Path.GetFullPath(_folder.File("../client.key"))), (redis.CaFile, redis.CertificateFile, redis.KeyFile));
        Assert.Equal("sqlite:/srv/jobs.db", $"{Load("store: sqlite:/srv/jobs.db\nredis: {host: cache}\n").Store}");
    }

    [Theory]
    [InlineData("redis: {host: '127.0.0.1', port: 6379, password: ''}", "redis://127.0.0.1:6379/0")]
    [InlineData("redis: {port: 7000}", "redis://127.0.0.1:7000/0")]
    [InlineData("redis: {host: '::1'}", "redis://[::1]:6379/0")]
    [InlineData("redis:\n  # host: cache\n", null)]
    [InlineData("store: ~", null)]
    [InlineData("null", null)]
    [InlineData("", null)]
    [InlineData("# nothing\n", null)]
    public void What_is_left_out_has_its_default(string text, string? store)
    {
        var settings = Load(text);
        Assert.Equal(store, settings.Store?.ToString());
        Assert.Null(settings.Store?.Redis?.Password);
        Assert.Empty(settings.Warnings);
    }

    [Fact]
    public void Paths_are_meant_from_the_directory_of_the_file()
    {
        var settings = Load("store: sqlite:data/jobs.db\nworker: {pid: worker.pid}");
        Assert.Equal((_folder.File("data/jobs.db"), _folder.File("worker.pid")), (settings.Store!.Path, Worker<string>(settings, "pid")));
        Assert.Equal(_folder.File("ca.pem"), Load("store: rediss://cache?ca=ca.pem").Store!.Redis!.CaFile);
    }

    [Theory]
    [InlineData(1, "unknown key 'stroe', did you mean 'store'?; the keys of the file are store, namespace, redis, worker", "stroe: sqlite:jobs.db")]
    [InlineData(2, "unknown key 'redis.pasword', did you mean 'password'?", "redis:\n  pasword: secret")]
    [InlineData(3, "unknown key 'worker.slot', did you mean 'slots'?", "{\"worker\": {\n\"queue\": \"a\",\n\"slot\": 1}}")]
    [InlineData(1, "unknown key 'worker.help'", "worker: {help: true}")]
    [InlineData(1, "unknown key 'worker.json'", "worker: {json: true}")]
    [InlineData(3, "'worker.slots' is already given in line 2; give it once", "worker:\n  slots: 1\n  slots: 2")]
    [InlineData(2, "'store' is already given in line 1", "store: 'memory:'\nstore: 'memory:'")]
    [InlineData(3, "is neither YAML nor JSON", "store: 'memory:'\nnamespace: [a\n")]
    [InlineData(1, "quote text with special characters", "store: sqlite:")]
    [InlineData(3, "is neither YAML nor JSON", "namespace: a\nstore: 'memory:'\nnonsense\n")]
    [InlineData(1, "is neither YAML nor JSON", "redis: {password: %secret}")]
    [InlineData(1, "there are no keys", "just text")]
    [InlineData(1, "there are no keys", "[store]")]
    [InlineData(2, "a second document begins", "store: 'memory:'\n---\nstore: 'memory:'")]
    [InlineData(1, "is no text", "[a]: b")]
    [InlineData(1, "'namespace' is a list; write one value", "namespace: [a]")]
    [InlineData(1, "'namespace' is a section; write one value", "namespace: {a: b}")]
    [InlineData(1, "'namespace' has no value", "namespace:")]
    [InlineData(1, "The name of a namespace is empty", "namespace: ''")]
    [InlineData(1, "'worker' is no section", "worker: 4")]
    [InlineData(1, "'redis' is no section", "redis: redis://h")]
    [InlineData(1, "'redis.password' has no value", "redis: {password: }")]
    [InlineData(2, "'redis.password' is an alias, which a settings file does not take; quote a text that begins with '*'", "redis:\n  password: *secret")]
    [InlineData(2, "'redis.password' has an anchor or a tag", "redis:\n  password: &secret")]
    [InlineData(2, "'redis.password' has an anchor or a tag", "redis:\n  password: !secret")]
    [InlineData(1, "'redis.tls' is 'maybe'; write true or false", "redis: {tls: maybe}")]
    [InlineData(2, "redis.port is '70000'; give a whole number from 1 to 65535", "redis:\n  port: 70000")]
    [InlineData(2, "redis.db is '-1'", "redis:\n  db: -1")]
    [InlineData(1, "neither a host name nor an IP address", "redis: {host: 'a/b'}")]
    [InlineData(1, "does not ask for TLS", "redis: {ca: ca.pem}")]
    [InlineData(1, "names a client certificate and no key", "redis: {tls: true, cert: c.pem}")]
    [InlineData(1, "has no scheme; did you mean 'sqlite:jobs.db'?", "store: jobs.db")]
    [InlineData(1, "has a database that is no number", "store: redis://ann:secret@cache/x")]
    [InlineData(3, "--slots is '0'; give a whole number from 1 to 1024", "worker:\n  burst: true\n  slots: 0")]
    [InlineData(1, "the duration '30' has no unit", "worker: {grace: 30}")]
    [InlineData(1, "--lease is 2s; give a duration from 3s to 1h", "worker: {lease: 2s}")]
    [InlineData(1, "--on-store-loss is 'weit', did you mean 'wait'?", "worker: {on-store-loss: weit}")]
    [InlineData(1, "--umask is '8'", "worker: {umask: 8}")]
    [InlineData(1, "'worker.burst' is 'yes'; write true or false", "worker: {burst: yes}")]
    [InlineData(1, "'worker.slots' is a list; write one value", "worker: {slots: [1, 2]}")]
    [InlineData(4, "'worker.queue' is empty; write a value", "worker:\n  queue:\n    - a\n    - ''")]
    [InlineData(1, "has a control character", "worker: {queue: \"a\\u0001\"}")]
    [InlineData(1, "'worker.queue' has an item that is no single value", "worker: {queue: [~]}")]
    [InlineData(1, "'worker.queue' is a section; write one value or a list", "worker: {queue: {a: b}}")]
    [InlineData(1, "goes too deep", "worker: {queue: {a: {b: {c: d}}}}")]
    public void A_bad_file_is_refused_with_its_name_its_line_and_the_remedy_and_without_its_secret(int line, string reason, string text)
    {
        var refused = Assert.Throws<DibsConfigurationException>(() => Load(text));
        Assert.Equal("settings-file", refused.Code);
        Assert.StartsWith($"the settings file {_folder.File("dibs.yaml")}, line {line}: ", refused.Message, StringComparison.Ordinal);
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        Assert.Contains("; ", refused.Message.Replace(". ", "; ", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_refused_with_its_reason()
    {
        Assert.Contains("does not exist", Refused(_folder.File("missing.yaml")), StringComparison.Ordinal);
        Assert.Contains("does not exist", Refused(_folder.File("missing/dibs.yaml")), StringComparison.Ordinal);
        Assert.Contains("is a directory", Refused(_folder.Path), StringComparison.Ordinal);
        Assert.Contains("has more than 65,536 bytes", Refused(Write(new string('#', 65_537))), StringComparison.Ordinal);
        Assert.Contains("has more than 65,536 bytes", Refused("/dev/zero"), StringComparison.Ordinal);
        File.WriteAllBytes(_folder.File("latin1.yaml"), [.. "namespace: caf"u8, 0xE9]);
        Assert.Contains("is not UTF-8 text (at byte 15)", Refused(_folder.File("latin1.yaml")), StringComparison.Ordinal);
        Assert.Contains("/proc/self/mem cannot be read", Refused("/proc/self/mem"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_may_be_as_large_as_the_limit_and_begin_with_a_byte_order_mark() => Assert.Equal("a", Load($"\uFEFFnamespace: a\n{new string('#', 65_000)}").Namespace);

    [Theory, UnsupportedOSPlatform("windows")]
    [InlineData("redis: {password: secret}")]
    [InlineData("store: redis://:secret@cache")]
    public void A_password_that_every_user_can_read_is_warned_of(string text)
    {
        var path = Write(text);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        Assert.Empty(Load(path, text: null).Warnings);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        Assert.Equal([$"the settings file {path} holds a password and every user of this machine can read it; run: chmod o-r {path}"], Load(path, text: null).Warnings);
    }

    [Fact]
    public void A_section_beside_an_address_of_Redis_is_said_to_be_unused() =>
        Assert.Contains("has a section 'redis' that is not used", Assert.Single(Load("store: redis://cache\nredis: {port: 7000}").Warnings), StringComparison.Ordinal);

    private static string Refused(string path) => Assert.Throws<DibsConfigurationException>(() => Load(path, text: null)).Message;

    private static T Worker<T>(SettingsFile settings, string option) => settings.Worker!.GetValue<T>($"--{option}")!;

    private string Write(string text)
    {
        File.WriteAllText(_folder.File("dibs.yaml"), text);
        return _folder.File("dibs.yaml");
    }

    private SettingsFile Load(string text) => Load(Write(text), text);

    private static SettingsFile Load(string path, string? text)
    {
        using var terminal = new Terminal { Out = TextWriter.Null, Error = TextWriter.Null, In = () => TextReader.Null };
        // For a fault of the test itself: what it wrote is what it reads.
        Assert.True(text is null || File.ReadAllText(path) == text.TrimStart('\uFEFF'));
        return SettingsFile.Load(path, DibsCommandLine.CreateRoot(terminal), _ => null);
    }
}
