namespace Dibs.Tests.Cli;

public sealed class WorkerProcessTests : IDisposable
{
    private readonly CliProcess _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task A_worker_without_work_is_refused_in_one_line()
    {
        var result = await _cli.RunAsync("worker");
        Assert.Equal(78, result.Exit);
        foreach (var remedy in new[] { "--app", "DIBS_APP", "--allow-commands" })
            Assert.Contains(remedy, result.Error, StringComparison.Ordinal);
        Assert.Equal(1, result.Error.Count(letter => letter == '\n'));
    }

    [Theory]
    [InlineData("--lease", "2s", "from 3s to 1h")]
    [InlineData("--slots", "0", "from 1 to 1024")]
    [InlineData("--umask", "9", "in octal")]
    [InlineData("--queue", "", "The name of a queue is empty")]
    [InlineData("--isolation", "thread", "write process or none")]
    [InlineData("--max-memory", "1M", "from 64M up")]
    [InlineData("--max-jobs-per-host", "0", "from 1 to")]
    public async Task A_bad_option_is_exit_2(string option, string value, string line)
    {
        var result = await _cli.RunAsync("worker", "--allow-commands", option, value);
        Assert.Equal(2, result.Exit);
        Assert.Contains(line, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_does_not_open_is_one_line()
    {
        await File.WriteAllTextAsync(_cli.File("text"), "no database", TestContext.Current.CancellationToken);
        var result = await _cli.RunAsync("worker", "--allow-commands", "--burst", "--store", $"sqlite:{_cli.File("text")}");
        Assert.Equal(78, result.Exit);
        Assert.Contains("is not a database", result.Error, StringComparison.Ordinal);
        Assert.Equal(1, result.Error.Count(letter => letter == '\n'));
    }

    [Fact]
    public async Task The_first_SIGTERM_drains()
    {
        await _cli.RunAsync("enqueue", "--id", "one", "--", "sh", "-c", $"while [ ! -e '{_cli.File("go")}' ]; do sleep 0.05; done");
        await _cli.RunAsync("enqueue", "--id", "two", "--exclusive", "x", "--", "true");
        using var worker = _cli.Start("worker", "--allow-commands", "--slots", "1");
        await _cli.UntilStateAsync("one", "running");
        CliProcess.Signal(worker, CliProcess.Terminate);
        await File.WriteAllTextAsync(_cli.File("go"), "", TestContext.Current.CancellationToken);
        Assert.Equal(0, (await CliProcess.EndAsync(worker)).Exit);
        Assert.Equal("completed\n", (await _cli.RunAsync("job", "one", "--quiet")).Out);
        Assert.Equal("ready\n", (await _cli.RunAsync("job", "two", "--quiet")).Out);
        Assert.Equal("{\"items\":[]}\n", (await _cli.RunAsync("workers", "--json")).Out);
    }

    [Fact]
    public async Task A_worker_that_is_asked_to_stop_from_elsewhere_drains_and_exits_0()
    {
        await _cli.RunAsync("enqueue", "--id", "one", "--", "sh", "-c", $"while [ ! -e '{_cli.File("go")}' ]; do sleep 0.05; done");
        using var worker = _cli.Start("worker", "--allow-commands", "--slots", "1", "--name", "mail@web1");
        await _cli.UntilStateAsync("one", "running");
        Assert.Equal("mail@web1  stop\n", (await _cli.RunAsync("workers", "stop", "mail@web1")).Out);
        await _cli.RunAsync("enqueue", "--id", "two", "--", "true");
        await File.WriteAllTextAsync(_cli.File("go"), "", TestContext.Current.CancellationToken);
        Assert.Equal(0, (await CliProcess.EndAsync(worker)).Exit);
        Assert.Equal("completed\n", (await _cli.RunAsync("job", "one", "--quiet")).Out);
        Assert.Equal("ready\n", (await _cli.RunAsync("job", "two", "--quiet")).Out);
        Assert.Equal(4, (await _cli.RunAsync("workers", "stop", "mail@web1")).Exit);
    }

    [Theory]
    [InlineData(CliProcess.Terminate, 143)]
    [InlineData(CliProcess.Interrupt, 130)]
    public async Task The_second_signal_cuts_what_runs(int signal, int exit)
    {
        await _cli.RunAsync("enqueue", "--id", "one", "--exclusive", "r", "--", "sleep", "600");
        using var worker = _cli.Start("worker", "--allow-commands");
        await _cli.UntilStateAsync("one", "running");
        CliProcess.Signal(worker, signal);
        while (!(await worker.StandardError.ReadLineAsync(TestContext.Current.CancellationToken))!.Contains("drains", StringComparison.Ordinal)) { }
        CliProcess.Signal(worker, signal);
        Assert.Equal(exit, (await CliProcess.EndAsync(worker)).Exit);
        Assert.Equal("interrupted", (await _cli.RunAsync("job", "one", "--json")).Json.GetProperty("reason").GetString());
        Assert.Equal("{\"items\":[]}\n", (await _cli.RunAsync("resources", "--json")).Out);
    }

    [Fact]
    public async Task A_grace_that_ends_cuts_too()
    {
        await _cli.RunAsync("enqueue", "--id", "one", "--", "sleep", "600");
        using var worker = _cli.Start("worker", "--allow-commands", "--grace", "100ms");
        await _cli.UntilStateAsync("one", "running");
        CliProcess.Signal(worker, CliProcess.Terminate);
        Assert.Equal(143, (await CliProcess.EndAsync(worker)).Exit);
    }

    [Fact]
    public async Task The_limits_of_a_worker_end_it_with_0()
    {
        foreach (var id in new[] { "a", "b", "c" })
            await _cli.RunAsync("enqueue", "--id", id, "--", "true");
        Assert.Equal(0, (await _cli.RunAsync("worker", "--allow-commands", "--slots", "1", "--max-jobs", "2")).Exit);
        Assert.Equal("c\n", (await _cli.RunAsync("jobs", "--state", "ready", "--quiet")).Out);
        Assert.Equal(0, (await _cli.RunAsync("worker", "--allow-commands", "--max-idle", "200ms")).Exit);
        Assert.Equal("", (await _cli.RunAsync("jobs", "--state", "ready", "--quiet")).Out);
    }

    [Fact]
    public async Task Queues_are_served_in_the_order_given()
    {
        await _cli.RunAsync("enqueue", "--id", "slow", "--queue", "slow", "--", "true");
        await _cli.RunAsync("enqueue", "--id", "fast", "--queue", "fast", "--", "true");
        var log = (await _cli.RunAsync("worker", "--allow-commands", "-c", "1", "-q", "fast", "-q", "slow", "--burst")).Error;
        Assert.True(log.IndexOf("fast attempt 1: started", StringComparison.Ordinal) < log.IndexOf("slow attempt 1: started", StringComparison.Ordinal), log);
    }

    [Fact]
    public async Task The_name_has_its_placeholders_filled_in_as_systemd_writes_them_too()
    {
        using var worker = _cli.Start("worker", "--allow-commands", "-n", "a-%%h-%h-%p", "--json", "--quiet");
        var start = System.Text.Json.JsonElement.Parse((await worker.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken))!);
        var name = start.GetProperty("name").GetString()!;
        Assert.Matches($"^a-(.+)-\\1-{worker.Id}$", name);
        await _cli.UntilAsync(result => result.Out.Trim() == name, "workers", "--quiet");
        CliProcess.Signal(worker, CliProcess.Terminate);
        Assert.Equal(0, (await CliProcess.EndAsync(worker)).Exit);
    }

    [Fact]
    public async Task The_pid_file_lives_as_long_as_the_worker()
    {
        var file = _cli.File("worker.pid");
        await File.WriteAllTextAsync(file, "999999999\n", TestContext.Current.CancellationToken);
        using var worker = _cli.Start("worker", "--allow-commands", "--pid", file);
        await worker.StandardError.ReadLineAsync(TestContext.Current.CancellationToken);
        await _cli.UntilAsync(result => result.Lines.Length == 1, "workers");
        Assert.Equal($"{worker.Id}\n", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        var second = await _cli.RunAsync("worker", "--allow-commands", "--pid", file);
        Assert.Equal(78, second.Exit);
        Assert.Contains($"belongs to the running worker {worker.Id}", second.Error, StringComparison.Ordinal);
        CliProcess.Signal(worker, CliProcess.Terminate);
        await CliProcess.EndAsync(worker);
        Assert.False(File.Exists(file));
        Assert.Equal(78, (await _cli.RunAsync("worker", "--allow-commands", "--pid", _cli.File("missing/worker.pid"))).Exit);
    }

    [Theory]
    [InlineData("no number")]
    [InlineData("")]
    [InlineData("another program")]
    public async Task A_pid_file_that_names_no_worker_is_replaced(string content)
    {
        // Process ids are used again, so that the one of a dead worker may be that of anything.
        using var other = System.Diagnostics.Process.Start("sleep", "600");
        try
        {
            var file = _cli.File("worker.pid");
            await File.WriteAllTextAsync(file, content == "another program" ? $"{other.Id}\n" : content, TestContext.Current.CancellationToken);
            Assert.Equal(0, (await _cli.RunAsync("worker", "--allow-commands", "--burst", "--pid", file)).Exit);
            Assert.False(File.Exists(file));
        }
        finally
        {
            other.Kill();
        }
    }

    [Fact]
    public async Task A_pid_file_that_names_a_worker_with_another_pid_file_is_replaced()
    {
        using var other = _cli.Start("worker", "--allow-commands", "--pid", _cli.File("other.pid"));
        await _cli.UntilAsync(result => result.Lines.Length == 1, "workers");
        var file = _cli.File("worker.pid");
        await File.WriteAllTextAsync(file, $"{other.Id}\n", TestContext.Current.CancellationToken);
        Assert.Equal(0, (await _cli.RunAsync("worker", "--allow-commands", "--burst", "--pid", file)).Exit);
        other.Kill();
        await CliProcess.EndAsync(other);
    }

    [Fact]
    public async Task A_pid_file_of_a_worker_that_was_killed_is_replaced()
    {
        var file = _cli.File("worker.pid");
        using (var killed = _cli.Start("worker", "--allow-commands", "--pid", file))
        {
            await _cli.UntilAsync(result => result.Lines.Length == 1, "workers");
            killed.Kill();
            await CliProcess.EndAsync(killed);
            Assert.Equal($"{killed.Id}\n", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        }
        Assert.Equal(0, (await _cli.RunAsync("worker", "--allow-commands", "--burst", "--pid", file)).Exit);
        Assert.False(File.Exists(file));
    }

    [Fact]
    public async Task The_umask_is_that_of_the_programs_too()
    {
        await _cli.RunAsync("enqueue", "--", "touch", _cli.File("made"));
        Assert.Equal(0, (await _cli.RunAsync("worker", "--allow-commands", "--umask", "077", "--burst")).Exit);
        Assert.Equal("600\n", (await _cli.ShellAsync("stat -c %a made")).Out);
    }

    [Fact]
    public async Task A_canceled_program_is_ended()
    {
        using var worker = _cli.Start("worker", "--allow-commands", "--quiet");
        await _cli.RunAsync("enqueue", "--id", "one", "--", "sleep", "600");
        await _cli.UntilStateAsync("one", "running");
        await _cli.RunAsync("cancel", "one");
        await _cli.UntilStateAsync("one", "canceled");
        CliProcess.Signal(worker, CliProcess.Terminate);
        Assert.Equal(0, (await CliProcess.EndAsync(worker)).Exit);
    }
}
