using System.Diagnostics;
using Dibs.Tests.Redis.Servers;
using Dibs.Tests.Support;

namespace Dibs.Tests.Cli;

/// <summary>The demo as a program: where it keeps its jobs, and what it says of an address.</summary>
public sealed class DemoTests(SharedRedis redis) : IDisposable
{
    private readonly TemporaryFolder _folder = TemporaryFolder.OnDisk();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(2, "--redis needs an address", "--redis")]
    [InlineData(2, "'--sqlite' is not understood", "--sqlite")]
    [InlineData(78, "has a database that is no number", "--redis", "redis://:secret@localhost/x")]
    [InlineData(69, "127.0.0.1:1", "--redis", "redis://:secret@127.0.0.1:1")]
    public async Task A_bad_address_is_one_line_and_exits_as_the_command_line_does(int exit, string reason, params string[] words)
    {
        var result = await DemoAsync(words);
        Assert.Equal((exit, 1), (result.Exit, result.Error.Count(letter => letter == '\n')));
        Assert.StartsWith("demo: ", result.Error, StringComparison.Ordinal);
        Assert.Contains(reason, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", result.Error, StringComparison.Ordinal);
    }

    [Fact, Trait("Duration", "long")]
    public async Task The_commands_that_it_prints_at_its_end_work_whatever_the_environment_names()
    {
        var demo = await DemoAsync();
        Assert.True(demo.Exit == 0, demo.Out + demo.Error);
        var said = new List<string>();
        foreach (var words in demo.Out.Split('\n').Select(line => line.Trim()).Where(line => line.StartsWith("./dibs ", StringComparison.Ordinal)).Select(line => line.Split(' ')[1..]))
        {
            var result = await RunAsync(CliProcess.Program, words);
            Assert.True(result.Exit == 0, result.Out + result.Error);
            said.Add(result.Out);
        }
        Assert.Equal(3, said.Count);
        Assert.Contains("has the sha256", said[0], StringComparison.Ordinal);
        Assert.Contains("It needs 'distribution:sdk-edge' alone: held by 'publish-sdk-edge-2'", said[1], StringComparison.Ordinal);
        Assert.Contains("distribution:sdk-edge", said[2], StringComparison.Ordinal);
    }

    [Fact, Trait("Duration", "long")]
    public async Task It_runs_on_Redis_in_a_namespace_of_its_own_that_it_tells()
    {
        var address = (await redis.ServerAsync()).Address;
        var result = await DemoAsync("--redis", address);
        Assert.True(result.Exit == 0, result.Out + result.Error);
        var name = result.Out.Split("{dibs:")[1].Split('}')[0];
        Assert.StartsWith("demo-", name, StringComparison.Ordinal);
        Assert.Contains($"--store {address}/0 --namespace {name}", result.Out, StringComparison.Ordinal);
    }

    private Task<CliResult> DemoAsync(params string[] words) => RunAsync(CliProcess.App("FileRepository"), words);

    private async Task<CliResult> RunAsync(string program, string[] words)
    {
        var start = new ProcessStartInfo("dotnet", [program, .. words]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _folder.Path };
        start.Environment["DIBS_STORE"] = "sqlite:/nowhere/jobs.db";
        start.Environment["DIBS_NAMESPACE"] = "another";
        using var process = Process.Start(start)!;
        return await CliProcess.EndAsync(process);
    }
}
