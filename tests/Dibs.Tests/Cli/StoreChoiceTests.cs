using System.Runtime.Versioning;
using Dibs.Tests.Support;

namespace Dibs.Tests.Cli;

/// <summary>Flag, environment, file, default: in this order, for each setting.</summary>
public sealed class StoreChoiceTests : IDisposable
{
    private readonly TemporaryFolder _folder = TemporaryFolder.InMemory();
    private readonly CliHarness _cli = new();

    public StoreChoiceTests() => _cli.Variables["XDG_DATA_HOME"] = "/data";

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_store_is_that_of_the_flag_else_the_environment_else_the_file_else_the_default()
    {
        Assert.Equal("sqlite:/data/dibs/dibs.db", await StoreAsync());
        var settings = Write("dibs.yaml", "store: sqlite:/file.db");
        Assert.Equal("sqlite:/file.db", await StoreAsync("--settings", settings));
        _cli.Variables["DIBS_STORE"] = "redis://environment";
        Assert.Equal("redis://environment:6379/0", await StoreAsync("--settings", settings));
        Assert.Equal("sqlite:/flag.db", await StoreAsync("--settings", settings, "--store", "sqlite:/flag.db"));
        // An empty variable is none.
        _cli.Variables["DIBS_STORE"] = "";
        Assert.Equal("sqlite:/file.db", await StoreAsync("--settings", settings));
    }

    [Fact]
    public async Task The_namespace_is_that_of_the_flag_else_the_environment_else_the_file_else_default()
    {
        Assert.Equal("default", await NamespaceAsync());
        var settings = Write("dibs.yaml", "namespace: file");
        Assert.Equal("file", await NamespaceAsync("--settings", settings));
        _cli.Variables["DIBS_NAMESPACE"] = "environment";
        Assert.Equal("environment", await NamespaceAsync("--settings", settings));
        Assert.Equal("flag", await NamespaceAsync("--settings", settings, "--namespace", "flag"));
    }

    [Fact]
    public async Task The_settings_file_is_that_of_the_flag_else_the_environment()
    {
        _cli.Variables["DIBS_SETTINGS"] = "";
        Assert.Equal("default", await NamespaceAsync());
        _cli.Variables["DIBS_SETTINGS"] = Write("environment.yaml", "namespace: environment");
        Assert.Equal("environment", await NamespaceAsync());
        Assert.Equal("flag", await NamespaceAsync("--settings", Write("flag.yaml", "namespace: flag")));
    }

    [Fact]
    public async Task The_password_is_that_of_the_password_file_else_the_flag_else_the_environment_else_the_address()
    {
        var file = Write("password", "from-file\r\nsecond line\n");
        var settings = Write("dibs.yaml", "redis: {host: cache, password: from-settings}");
        Assert.Null(await PasswordAsync("--store", "redis://cache"));
        Assert.Equal("from-settings", await PasswordAsync("--settings", settings));
        _cli.Variables["DIBS_STORE"] = "redis://:from-store@cache";
        Assert.Equal("from-store", await PasswordAsync("--settings", settings));
        _cli.Variables["DIBS_REDIS_PASSWORD"] = "from-environment";
        Assert.Equal("from-environment", await PasswordAsync("--settings", settings));
        Assert.Equal("from-environment", await PasswordAsync("--store", "redis://cache"));
        Assert.Equal("from-flag", await PasswordAsync("--store", "redis://:from-flag@cache"));
        Assert.Equal("from-file", await PasswordAsync("--store", "redis://:from-flag@cache", "--password-file", file));
        _cli.Variables["DIBS_REDIS_PASSWORD"] = "";
        Assert.Equal("from-store", await PasswordAsync());
        _cli.Variables["DIBS_STORE"] = null!;
        Assert.Equal("from-file", await PasswordAsync("--settings", settings, "--password-file", file));
    }

    [Theory]
    [InlineData("", "has an empty first line")]
    [InlineData("\nsecret\n", "has an empty first line")]
    public async Task A_password_file_without_a_password_is_exit_78(string text, string reason)
    {
        var result = await _cli.RunAsync("jobs", "--store", "redis://cache", "--password-file", Write("password", text));
        AssertConfiguration(result, "password-file", reason);
        Assert.DoesNotContain("secret", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_password_file_that_cannot_be_read_is_exit_78() =>
        AssertConfiguration(await _cli.RunAsync("jobs", "--json", "--store", "redis://cache", "--password-file", _folder.File("missing")), "password-file", "does not exist");

    [Fact]
    public async Task A_password_file_without_Redis_is_bad_usage()
    {
        var result = await _cli.RunAsync("jobs", "--password-file", _folder.File("missing"));
        Assert.Equal(2, result.Exit);
        Assert.Contains("--password-file is for Redis, and the store is sqlite:", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bad_settings_file_is_exit_78_whatever_else_is_given()
    {
        var result = await _cli.RunAsync("jobs", "--json", "--store", "memory:", "--namespace", "a", "--settings", Write("dibs.yaml", "worker:\n  slots: many\n"));
        AssertConfiguration(result, "settings-file", "line 2: --slots is 'many'");
        Assert.Null(_cli.Asked);
    }

    [Fact, UnsupportedOSPlatform("windows")]
    public async Task A_settings_file_is_warned_of_even_to_the_quiet()
    {
        var file = Write("dibs.yaml", "redis: {password: secret}");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        var result = await _cli.RunAsync("jobs", "--quiet", "--settings", file);
        Assert.Equal(0, result.Exit);
        Assert.StartsWith($"dibs: warning: the settings file {file} holds a password", result.Error, StringComparison.Ordinal);
        Assert.Equal(1, result.Error.Count(letter => letter == '\n'));
    }

    [Fact]
    public async Task A_script_of_completion_needs_no_settings() =>
        Assert.Equal(0, (await _cli.RunAsync("completion", "bash", "--settings", _folder.File("missing"))).Exit);

    private static void AssertConfiguration(CliResult result, string code, string reason)
    {
        Assert.Equal(78, result.Exit);
        Assert.Contains(reason, result.Error, StringComparison.Ordinal);
        Assert.Equal(1, result.Error.Count(letter => letter == '\n'));
        if (result.Out.Length > 0)
            Assert.Equal(code, result.Json.GetProperty("error").GetProperty("code").GetString());
    }

    private string Write(string name, string text)
    {
        File.WriteAllText(_folder.File(name), text);
        return _folder.File(name);
    }

    private async Task<string> StoreAsync(params string[] options) => $"{(await AskAsync(options)).Address}";

    private async Task<string> NamespaceAsync(params string[] options) => (await AskAsync(options)).Namespace;

    private async Task<string?> PasswordAsync(params string[] options) => (await AskAsync(options)).Address.Redis!.Password;

    private async Task<(Dibs.Cli.Input.StoreAddress Address, string Namespace)> AskAsync(string[] options)
    {
        var result = await _cli.RunAsync(["jobs", .. options]);
        Assert.True(result.Exit == 0, result.Error);
        return _cli.Asked!.Value;
    }
}
