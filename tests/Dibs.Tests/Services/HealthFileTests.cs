using System.Diagnostics;
using System.Text.Json;
using Dibs.Tests.Cli;
using Dibs.Tests.Redis.Servers;
using Dibs.Tests.Support;

namespace Dibs.Tests.Services;

/// <summary><c>--health-file</c>: what a probe can hold on to.</summary>
public sealed class HealthFileTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly CliProcess _cli = new();

    public void Dispose() => _cli.Dispose();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Health => _cli.File("health");

    [Fact]
    public async Task It_is_as_old_as_the_last_answered_heartbeat_and_goes_with_the_worker()
    {
        await File.WriteAllTextAsync(Health, "left by a worker before", Token);
        await _cli.RunAsync("enqueue", "--id", "one", "--", "sh", "-c", $"while [ ! -e '{_cli.File("go")}' ]; do sleep 0.05; done");
        using var worker = Start();
        await UntilAsync("ready");
        var first = File.GetLastWriteTimeUtc(Health);
        await Deadline.UntilAsync(() => File.GetLastWriteTimeUtc(Health) > first, Patience, "it is renewed");
        var health = Read();
        Assert.Equal(("w", worker.Id), (health.GetProperty("name").GetString(), health.GetProperty("pid").GetInt32()));
        Assert.InRange(TimeProvider.System.GetUtcNow() - health.GetProperty("lastBeat").GetDateTimeOffset(), TimeSpan.FromSeconds(-1), TimeSpan.FromSeconds(30));
        await _cli.UntilStateAsync("one", "running");
        // The probe that the documents show.
        Assert.Equal($"{Health}\n", (await _cli.ShellAsync($"find '{Health}' -mmin -1 | grep .")).Out);
        CliProcess.Signal(worker, CliProcess.Terminate);
        await UntilAsync("draining");
        await File.WriteAllTextAsync(_cli.File("go"), "", Token);
        Assert.Equal(0, (await CliProcess.EndAsync(worker)).Exit);
        Assert.Empty(Directory.GetFiles(_cli.Directory, "health*"));
    }

    [Fact]
    public async Task It_grows_old_while_the_store_is_lost()
    {
        await using var server = await RedisServer.StartAsync(new RedisSetup { AppendOnly = "always" });
        _cli.Variables["DIBS_STORE"] = server.Address;
        using var worker = Start();
        await UntilAsync("ready");
        await server.KillAsync();
        await UntilAsync("store-lost");
        var last = File.GetLastWriteTimeUtc(Health);
        Assert.Equal(Read().GetProperty("lastBeat").GetDateTimeOffset().UtcDateTime, last, TimeSpan.FromMilliseconds(1));
        await Task.Delay(TimeSpan.FromSeconds(1.5), TimeProvider.System, Token);
        Assert.Equal(last, File.GetLastWriteTimeUtc(Health));
        await server.StartAgainAsync();
        await UntilAsync("ready");
        Assert.True(File.GetLastWriteTimeUtc(Health) > last);
        CliProcess.Signal(worker, CliProcess.Terminate);
        Assert.Equal(0, (await CliProcess.EndAsync(worker)).Exit);
    }

    [Fact]
    public async Task A_file_that_cannot_be_written_is_exit_78_in_one_line()
    {
        foreach (var file in new[] { _cli.File("missing/health"), _cli.Directory })
        {
            var result = await _cli.RunAsync("worker", "--allow-commands", "--health-file", file);
            Assert.Equal(78, result.Exit);
            Assert.Contains($"the health file {file} cannot be written", result.Error, StringComparison.Ordinal);
            Assert.Equal(1, result.Error.Count(letter => letter == '\n'));
        }
    }

    [Fact]
    public async Task A_file_that_cannot_be_written_later_is_said_once_and_the_worker_goes_on()
    {
        var folder = Directory.CreateDirectory(_cli.File("run")).FullName;
        using var worker = Start(Path.Combine(folder, "health"));
        await Deadline.UntilAsync(() => File.Exists(Path.Combine(folder, "health")), Patience, "it is there");
        Directory.Move(folder, _cli.File("gone"));
        var job = await _cli.RunAsync("enqueue", "--wait", "--", "sleep", "1.5");
        Assert.Equal(0, job.Exit);
        CliProcess.Signal(worker, CliProcess.Terminate);
        var result = await CliProcess.EndAsync(worker);
        Assert.Equal(0, result.Exit);
        Assert.Single(result.Error.Split('\n'), line => line.Contains("cannot be written any more", StringComparison.Ordinal));
    }

    private Process Start(string? file = null) =>
        _cli.Start("worker", "--allow-commands", "--name", "w", "--lease", "3s", "--health-file", file ?? Health);

    private JsonElement Read() => JsonElement.Parse(File.ReadAllText(Health));

    private Task<string?> UntilAsync(string state) => Deadline.UntilAsync(() => Task.FromResult(State()), said => said == state, Patience, $"the health file says '{state}'");

    /// <summary>What it says; nothing if it is not there, or left by another worker.</summary>
    private string? State()
    {
        try
        {
            return File.ReadAllText(Health) is ['{', ..] text ? JsonElement.Parse(text).GetProperty("state").GetString() : null;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }
}
