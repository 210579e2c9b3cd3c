namespace Dibs.Tests.Cli;

public sealed class ProcessTests : IDisposable
{
    private const int Stop = 19;
    private const int StopByTerminal = 20;

    private readonly CliProcess _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task A_job_goes_from_enqueue_to_its_log()
    {
        Assert.Equal("one\n", (await _cli.RunAsync("enqueue", "--id", "one", "--env", "WHO=ann", "--", "sh", "-c", "echo hello $WHO; echo $DIBS_JOB_ID")).Out);
        var worker = await _cli.RunAsync("worker", "--allow-commands", "--burst");
        Assert.Equal(0, worker.Exit);
        Assert.Contains("isolation process", worker.Error, StringComparison.Ordinal);
        Assert.Contains(" one attempt 1: started sh", worker.Error, StringComparison.Ordinal);
        Assert.Contains(" one attempt 1: completed", worker.Error, StringComparison.Ordinal);
        Assert.Equal("", worker.Out);
        Assert.Equal("hello ann\none\n", (await _cli.RunAsync("job", "one", "--logs")).Out);
        Assert.Equal("completed", (await _cli.RunAsync("job", "one", "--json")).Json.GetProperty("state").GetString());
        Assert.Equal(0, (await _cli.RunAsync("verify")).Exit);
    }

    [Fact]
    public async Task A_namespace_is_a_world_of_its_own()
    {
        await _cli.RunAsync("enqueue", "--id", "one", "--namespace", "a", "--", "true");
        Assert.Equal(4, (await _cli.RunAsync("job", "one")).Exit);
        _cli.Variables["DIBS_NAMESPACE"] = "a";
        Assert.Equal(0, (await _cli.RunAsync("job", "one")).Exit);
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_refused_and_left_as_it_is()
    {
        await File.WriteAllTextAsync(_cli.File("jobs.db"), new string('x', 5000), TestContext.Current.CancellationToken);
        var result = await _cli.RunAsync("jobs", "--json");
        Assert.Equal(78, result.Exit);
        Assert.NotEmpty(result.Json.GetProperty("error").GetProperty("message").GetString()!);
        AssertOneLine(result);
        Assert.Equal(new string('x', 5000), await File.ReadAllTextAsync(_cli.File("jobs.db"), TestContext.Current.CancellationToken));
        Assert.Equal(["jobs.db"], Directory.GetFiles(_cli.Directory).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_store_of_a_newer_schema_is_refused()
    {
        await _cli.RunAsync("enqueue", "--", "true");
        await using (var file = File.OpenWrite(_cli.File("jobs.db")))
        {
            // The user version, big-endian, in the header of the file: https://www.sqlite.org/fileformat.html
            file.Position = 60;
            file.Write([0, 0, 9999 >> 8, 9999 & 255]);
        }
        var result = await _cli.RunAsync("jobs");
        Assert.Equal(78, result.Exit);
        Assert.Contains("9999", result.Error, StringComparison.Ordinal);
        AssertOneLine(result);
    }

    [Theory]
    [InlineData("sqlite:missing/jobs.db", "create it")]
    [InlineData("sqlite:/proc/jobs.db", "cannot be")]
    [InlineData("sqlite:.", "is a directory")]
    [InlineData("redis://localhost/x", "has a database that is no number")]
    [InlineData("memory:", "memory:")]
    public async Task A_store_that_cannot_be_is_refused_in_one_line(string store, string reason)
    {
        var result = await _cli.RunAsync("enqueue", "--store", store, "--", "true");
        Assert.Equal((78, ""), (result.Exit, result.Out));
        AssertOneLine(result);
        // Once, and not one error within another.
        Assert.Equal(2, result.Error.Split(reason).Length);
    }

    [Fact]
    public async Task The_default_store_is_made_in_the_data_directory()
    {
        _cli.Variables["DIBS_STORE"] = null;
        _cli.Variables["XDG_DATA_HOME"] = _cli.Directory;
        Assert.Equal(0, (await _cli.RunAsync("enqueue", "--", "true")).Exit);
        Assert.True(File.Exists(Path.Combine(_cli.Directory, "dibs", "dibs.db")));
    }

    [Fact]
    public async Task A_closed_pipe_ends_every_verb_silently_with_0()
    {
        await _cli.RunAsync("enqueue", "--id", "one", "--exclusive", "r", "--", "true");
        var calls = EveryVerb.Calls.Where(call => call != EveryVerb.Slow).Concat(["job one --follow", "--help"]);
        var result = await _cli.ShellAsync(string.Join('\n', calls.Select(call => $"dibs {call} | true; echo \"${{PIPESTATUS[0]}} {call}\"")));
        Assert.All(result.Lines, line => Assert.StartsWith("0 ", line, StringComparison.Ordinal));
        Assert.DoesNotContain("xception", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_follower_whose_reader_went_away_ends_at_its_next_line()
    {
        await _cli.RunAsync("enqueue", "--id", "one", "--", "true");
        using var following = _cli.Start("job", "one", "--follow", "--json");
        Assert.Contains("ready", await following.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        following.StandardOutput.Close();
        await _cli.RunAsync("cancel", "one");
        await following.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal((0, ""), (following.ExitCode, await following.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)));
    }

    [Theory]
    [InlineData(CliProcess.Interrupt, 130)]
    [InlineData(CliProcess.Terminate, 143)]
    public async Task A_signal_stops_the_following_and_not_the_job(int signal, int exit)
    {
        await _cli.RunAsync("enqueue", "--id", "one", "--", "true");
        using var following = _cli.Start("job", "one", "--follow");
        await following.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        CliProcess.Signal(following, signal);
        var result = await CliProcess.EndAsync(following);
        Assert.Equal(exit, result.Exit);
        Assert.Contains("job 'one' goes on", result.Error, StringComparison.Ordinal);
        Assert.Equal("ready\n", (await _cli.RunAsync("job", "one", "--quiet")).Out);
    }

    [Theory]
    [InlineData(Stop)]
    [InlineData(StopByTerminal)]
    public async Task A_follower_that_was_stopped_goes_on_where_it_was(int signal)
    {
        await _cli.RunAsync("enqueue", "--id", "one", "--", "true");
        using var following = _cli.Start("job", "one", "--follow");
        await following.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        CliProcess.Signal(following, signal);
        Assert.Equal(0, (await _cli.RunAsync("cancel", "one")).Exit);
        CliProcess.Resume(following);
        Assert.Equal(3, (await CliProcess.EndAsync(following)).Exit);
    }

    [Fact]
    public async Task Waiting_tells_how_the_job_ended()
    {
        using var worker = _cli.Start("worker", "--allow-commands", "--quiet");
        var failed = await _cli.RunAsync("enqueue", "--id", "one", "--wait", "--", "sh", "-c", "exit 3");
        Assert.Equal((1, "one\n"), (failed.Exit, failed.Out));
        Assert.Contains("job 'one' failed (exited)", failed.Error, StringComparison.Ordinal);
        var done = await _cli.RunAsync("enqueue", "--id", "two", "--wait", "--json", "--", "true");
        Assert.Equal((0, "completed"), (done.Exit, done.Json.GetProperty("state").GetString()));
        CliProcess.Signal(worker, CliProcess.Terminate);
        // Quiet is the worker, not its warnings.
        var stopped = await CliProcess.EndAsync(worker);
        Assert.Equal(0, stopped.Exit);
        Assert.All(stopped.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.Contains("warning: ", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Waiting_says_why_the_job_does_not_run()
    {
        using var waiting = _cli.Start("enqueue", "--id", "one", "--wait", "--", "true");
        Assert.Equal("dibs: job 'one' is ready. No live worker serves the queue 'default'.", await waiting.StandardError.ReadLineAsync(TestContext.Current.CancellationToken));
        await _cli.RunAsync("cancel", "one");
        var result = await CliProcess.EndAsync(waiting);
        Assert.Equal((3, "one\n"), (result.Exit, result.Out));
    }

    [Fact, Trait("Duration", "long")]
    public async Task A_quick_bench_ends_with_its_figures_and_removes_its_jobs()
    {
        var report = await _cli.RunAsync("bench", "--quick", "--json");
        Assert.True(report.Exit == 0, report.Error);
        Assert.Contains("drain.worker", report.Json.GetProperty("figures").EnumerateArray().Select(figure => figure.GetProperty("name").GetString()));
        var name = report.Error.Split('\'')[1];
        Assert.StartsWith("bench-", name, StringComparison.Ordinal);
        Assert.Equal("", (await _cli.RunAsync("jobs", "--namespace", name, "--quiet")).Out);
    }

    [Fact]
    public async Task On_a_full_disk_an_enqueue_fails_and_stores_nothing_until_there_is_room()
    {
        // A namespace of one's own, in which anybody may mount a disk of 1 MiB.
        const string Script = """
            mount -t tmpfs -o size=1m tmpfs disk || exit 77
            text=$(head -c 100000 /dev/zero | tr '\0' x)
            dibs enqueue --id first -- true
            dd if=/dev/zero of=disk/ballast bs=4k 2>/dev/null
            # Room for what SQLite needs to look into the file, and for no more.
            truncate -s -48K disk/ballast
            dibs enqueue --id second N.M "$text" --json; echo "exit $?"
            dibs jobs --quiet
            rm disk/ballast
            dibs enqueue --id second N.M "$text"
            dibs verify; echo "exit $?"
            """;
        if ((await _cli.ShellAsync("mkdir disk && unshare -rm mount -t tmpfs -o size=1m tmpfs disk")).Exit != 0)
            Assert.Skip("this system lets its users mount nothing");
        _cli.Variables["DIBS_STORE"] = $"sqlite:{_cli.File("disk/jobs.db")}";
        await File.WriteAllTextAsync(_cli.File("script"), Script, TestContext.Current.CancellationToken);
        var result = await _cli.ShellAsync("unshare -rm bash script");
        Assert.Equal(["first", "exit 69", "first", "second", "exit 0"], result.Lines.Where(line => line[0] != '{'));
        Assert.Contains("\"code\":\"store-full\"", result.Out, StringComparison.Ordinal);
        Assert.Contains("cannot grow", result.Error, StringComparison.Ordinal);
    }

    private static void AssertOneLine(CliResult result)
    {
        Assert.StartsWith("dibs: ", result.Error, StringComparison.Ordinal);
        Assert.Equal(1, result.Error.Count(letter => letter == '\n'));
    }
}
