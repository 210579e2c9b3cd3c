using System.Diagnostics;
using System.Runtime.Versioning;
using Dibs.Tests.Redis.Servers;

namespace Dibs.Tests.Cli;

/// <summary>What the command line alone adds to the Redis store: where the password comes from, what is said, and exit codes.</summary>
public sealed class RedisProcessTests : IAsyncDisposable
{
    private const string Password = "p@ss/w:rd secret";

    private readonly CliProcess _cli = new();
    private RedisServer? _server;

    public async ValueTask DisposeAsync()
    {
        _cli.Dispose();
        if (_server is not null)
            await _server.DisposeAsync();
    }

    [Fact, UnsupportedOSPlatform("windows")]
    public async Task The_password_may_come_from_a_file_a_pipe_the_environment_or_the_settings_and_is_never_shown()
    {
        var server = await StartAsync(new RedisSetup { Password = Password });
        _cli.Variables["DIBS_STORE"] = $"redis://{server.EndPoint}";
        await File.WriteAllTextAsync(_cli.File("password"), $"{Password}\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(_cli.File("dibs.yaml"), $"redis: {{port: {server.Port}, password: '{Password}'}}\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(_cli.File("dibs.yaml"), UnixFileMode.UserRead);
        await AssertPrintsAsync("one\n", "dibs enqueue --id one --password-file password -- true");
        await AssertPrintsAsync("one\n", "dibs jobs --quiet --password-file <(cat password)");
        await AssertPrintsAsync("one\n", $"DIBS_REDIS_PASSWORD='{Password}' dibs jobs --quiet");
        await AssertPrintsAsync("one\n", "DIBS_STORE= dibs jobs --quiet --settings dibs.yaml");
        await AssertPrintsAsync("one\n", $"dibs jobs --quiet --store '{server.Address}'");
        var worker = await _cli.RunAsync("worker", "--allow-commands", "--burst", "--json", "--store", server.Address);
        Assert.Equal((0, $"redis://{server.EndPoint}/0"), (worker.Exit, worker.Json.GetProperty("store").GetString()));
        var info = await _cli.RunAsync("info", "--json", "--password-file", "password");
        foreach (var text in new[] { worker.Out, worker.Error, info.Out, info.Error })
        {
            Assert.DoesNotContain(Password, text, StringComparison.Ordinal);
            Assert.DoesNotContain(Uri.EscapeDataString(Password), text, StringComparison.Ordinal);
        }
    }

    [Fact, Trait("Duration", "long")]
    public async Task A_quick_bench_ends_with_its_figures_and_leaves_no_key()
    {
        var server = await StartAsync(new RedisSetup { Password = Password });
        await server.AskAsync("SET", "theirs", "1");
        var report = await _cli.RunAsync("bench", "--quick", "--json", "--store", server.Address);
        Assert.True(report.Exit == 0, report.Error);
        var names = report.Json.GetProperty("figures").EnumerateArray().Select(figure => figure.GetProperty("name").GetString()).ToArray();
        // The worker in another process had to be let in, too.
        foreach (var name in new[] { "store.cpuPerJob", "idle.commands", "pickup.across.p99", "memory.perBareJob" })
            Assert.Contains(name, names);
        Assert.Equal(("1", "1"), (await server.AskAsync("DBSIZE"), await server.AskAsync("GET", "theirs")));
        Assert.DoesNotContain(Uri.EscapeDataString(Password), report.Out + report.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_or_wrong_password_is_exit_78_in_one_line()
    {
        var server = await StartAsync(new RedisSetup { Password = Password });
        _cli.Variables["DIBS_STORE"] = $"redis://{server.EndPoint}";
        AssertRefused(78, server.EndPoint, await _cli.RunAsync("jobs", "--json"));
        _cli.Variables["DIBS_REDIS_PASSWORD"] = "wrong-secret";
        AssertRefused(78, server.EndPoint, await _cli.RunAsync("worker", "--allow-commands"));
    }

    [Fact]
    public async Task A_store_that_nobody_serves_is_exit_69_within_10_seconds_in_one_line()
    {
        _cli.Variables["DIBS_STORE"] = $"redis://127.0.0.1:{LoopbackPorts.Next()}";
        foreach (var words in new[] { "jobs --json", "worker --allow-commands", "enqueue -- true" })
        {
            var clock = Stopwatch.StartNew();
            AssertRefused(69, _cli.Variables["DIBS_STORE"]!["redis://".Length..], await _cli.RunAsync(words.Split(' ')));
            // Ten, and what a process needs to start on a busy machine.
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(15), $"{words}: {clock.Elapsed}");
        }
    }

    [Fact]
    public async Task A_worker_that_is_told_to_exit_when_its_store_is_lost_exits_with_69()
    {
        var server = await StartAsync(new RedisSetup());
        _cli.Variables["DIBS_STORE"] = server.Address;
        using var worker = _cli.Start("worker", "--allow-commands", "--on-store-loss", "exit", "--lease", "3s");
        await _cli.UntilAsync(result => result.Lines.Length == 1, "workers", "--quiet");
        await server.KillAsync();
        var result = await CliProcess.EndAsync(worker);
        Assert.Equal(69, result.Exit);
        Assert.Contains(server.EndPoint, result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_waits_for_its_store_by_default()
    {
        var server = await StartAsync(new RedisSetup { AppendOnly = "always" });
        _cli.Variables["DIBS_STORE"] = server.Address;
        using var worker = _cli.Start("worker", "--allow-commands");
        await _cli.UntilAsync(result => result.Lines.Length == 1, "workers", "--quiet");
        await server.KillAsync();
        await server.StartAgainAsync();
        var job = await _cli.RunAsync("enqueue", "--id", "after", "--wait", "--", "true");
        Assert.True(job.Exit == 0, job.Error);
        CliProcess.Signal(worker, CliProcess.Terminate);
        Assert.Equal(0, (await CliProcess.EndAsync(worker)).Exit);
    }

    private static void AssertRefused(int exit, string endPoint, CliResult result)
    {
        Assert.Equal(exit, result.Exit);
        Assert.Contains(endPoint, result.Error, StringComparison.Ordinal);
        Assert.Equal(1, result.Error.Count(letter => letter == '\n'));
        Assert.DoesNotContain("secret", result.Error, StringComparison.Ordinal);
    }

    private async Task<RedisServer> StartAsync(RedisSetup setup) => _server = await RedisServer.StartAsync(setup);

    private async Task AssertPrintsAsync(string text, string script)
    {
        var result = await _cli.ShellAsync(script);
        Assert.True(result.Exit == 0, result.Error);
        Assert.Equal((text, ""), (result.Out, result.Error));
    }
}
