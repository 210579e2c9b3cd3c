using System.Diagnostics;
using System.Text;
using Dibs.Stores;
using Dibs.Tests.Support;

namespace Dibs.Tests.JobHosts;

/// <summary>What a worker sees of its job hosts when jobs go well, and when they do what no other code may.</summary>
public sealed class JobHostTests : IDisposable
{
    private readonly TemporaryFolder _folder = TemporaryFolder.InMemory();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_host_runs_one_job_after_the_other_and_hands_on_what_they_return()
    {
        await using var scene = HostScene.Start();
        var first = await (await scene.RunAsync("Pid")).EndAsync();
        var second = await (await scene.RunAsync("Pid")).EndAsync();
        Assert.Equal((SettleOutcome.Completed, SettleOutcome.Completed), (first.Outcome, second.Outcome));
        Assert.Equal(Result(first), Result(second));
        Assert.NotEqual($"{Environment.ProcessId}", Result(first));
    }

    [Fact]
    public async Task A_job_has_the_services_of_the_application_and_none_of_its_hosted_services_runs()
    {
        await using var scene = HostScene.Start();
        Assert.Equal("\"Good day, Ann.\"", Result(await (await scene.RunAsync("Dibs.Tests.Child.Greeting.Of", "Ann")).EndAsync()));
        Assert.DoesNotContain(scene.Log, line => line.Contains("other service started", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_a_job_writes_becomes_its_log_and_all_of_it_is_there_when_it_has_ended()
    {
        await using var scene = HostScene.Start();
        for (var i = 0; i < 20; i++)
        {
            var job = await scene.RunAsync("Say", $"out {i}", $"err {i}");
            await job.EndAsync();
            Assert.Equal(["and no end of the line", $"err {i}", $"out {i}"], job.Lines().Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public async Task Ten_megabytes_of_output_are_read_and_the_last_lines_kept()
    {
        await using var scene = HostScene.Start();
        var job = await scene.RunAsync("SayMuch", 100_000);
        Assert.Equal(SettleOutcome.Completed, (await job.EndAsync()).Outcome);
        var lines = job.Lines();
        Assert.Equal(Limits.LogLines, lines.Length);
        Assert.StartsWith("line 100000 ", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Output_that_is_no_text_harms_nobody()
    {
        await using var scene = HostScene.Start();
        Assert.Equal(SettleOutcome.Completed, (await (await scene.RunAsync("SayBytes", 1_000_000)).EndAsync()).Outcome);
        Assert.Equal("3", Result(await (await scene.RunAsync("Add", 1, 2)).EndAsync()));
    }

    [Fact]
    public async Task A_job_that_closes_its_output_ends_all_the_same()
    {
        await using var scene = HostScene.Start();
        Assert.Null(Result(await (await scene.RunAsync("CloseOutput")).EndAsync()));
    }

    [Fact]
    public async Task Progress_and_names_of_what_a_job_made_are_handed_on()
    {
        await using var scene = HostScene.Start();
        var job = await scene.RunAsync("Report", 1000);
        await job.EndAsync();
        var report = job.Context.TakeReport()!;
        Assert.Equal((1000, 1000), (report.Progress[^1].Done, report.Progress[^1].Total));
        Assert.Equal(["thing:1"], report.Created);
    }

    [Fact]
    public async Task What_a_job_throws_is_its_error()
    {
        await using var scene = HostScene.Start();
        var settlement = await (await scene.RunAsync("Throw", "no more")).EndAsync();
        Assert.Equal((SettleOutcome.Failed, JobReasons.Threw, "no more"), (settlement.Outcome, settlement.Reason, settlement.Error!.Message));
    }

    [Fact]
    public async Task A_method_that_is_not_known_fails_the_job()
    {
        await using var scene = HostScene.Start();
        Assert.Equal(JobReasons.UnknownMethod, (await (await scene.RunAsync("NoSuchDeed")).EndAsync()).Reason);
    }

    [Fact]
    public async Task A_job_is_asked_to_stop()
    {
        await using var scene = HostScene.Start();
        var job = await scene.RunAsync("Obey");
        await job.UntilSaidAsync("waiting");
        job.Stop();
        Assert.Equal(SettleOutcome.Stopped, (await job.EndAsync()).Outcome);
        Assert.Equal("3", Result(await (await scene.RunAsync("Add", 1, 2)).EndAsync()));
    }

    [Fact]
    public async Task A_tight_loop_is_killed_and_the_slot_is_back_within_a_second_or_so()
    {
        await using var scene = HostScene.Start();
        var job = await scene.RunAsync("Spin");
        await job.UntilSaidAsync("spinning");
        job.Stop();
        Assert.False(job.Ended.IsCompleted);
        job.Kill();
        Assert.Equal(SettleOutcome.Stopped, (await job.EndAsync()).Outcome);
        Assert.Equal("3", Result(await (await scene.RunAsync("Add", 1, 2)).EndAsync()));
    }

    [Theory]
    [InlineData("Exit", 3, JobReasons.Exited, 3, null, "exited with code 3")]
    [InlineData("Exit", 0, JobReasons.Exited, 0, null, "exited with code 0")]
    [InlineData("FailFast", null, JobReasons.Killed, null, 6, "signal 6")]
    [InlineData("Overflow", 0, JobReasons.Killed, null, 6, "signal 6")]
    [InlineData("Signal", 9, JobReasons.Killed, null, 9, "signal 9")]
    public async Task A_job_that_ends_its_process_fails_with_the_reason_and_the_next_one_runs(string deed, int? arg, string reason, int? code, int? signal, string message)
    {
        await using var scene = HostScene.Start();
        var settlement = await (await scene.RunAsync(deed, arg is { } value ? [value] : [])).EndAsync();
        Assert.Equal((SettleOutcome.Crashed, reason), (settlement.Outcome, settlement.Reason));
        Assert.Equal(new ExitRecord { Code = code, Signal = signal }, settlement.Exit);
        Assert.Contains(message, settlement.Error!.Message, StringComparison.Ordinal);
        Assert.Equal("3", Result(await (await scene.RunAsync("Add", 1, 2)).EndAsync()));
    }

    [Fact]
    public async Task What_a_crash_wrote_last_is_in_its_error()
    {
        await using var scene = HostScene.Start();
        var settlement = await (await scene.RunAsync("FailFast")).EndAsync();
        Assert.Contains("This process has had enough.", settlement.Error!.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_that_takes_too_much_memory_is_killed()
    {
        await using var scene = HostScene.Start(new WorkerOptions { Slots = 1, MaxMemory = 300 << 20 });
        var settlement = await (await scene.RunAsync("Grab")).EndAsync();
        Assert.Equal((SettleOutcome.Crashed, JobReasons.Memory), (settlement.Outcome, settlement.Reason));
        Assert.Contains("the limit is 300 MiB", settlement.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_is_replaced_after_so_many_jobs()
    {
        await using var scene = HostScene.Start(new WorkerOptions { Slots = 1, MaxJobsPerHost = 2 });
        var pids = new List<string?>();
        for (var i = 0; i < 4; i++)
            pids.Add(Result(await (await scene.RunAsync("Pid")).EndAsync()));
        Assert.Equal(pids[0], pids[1]);
        Assert.NotEqual(pids[1], pids[2]);
        Assert.Equal(pids[2], pids[3]);
    }

    [Fact]
    public async Task A_job_that_closes_the_pipes_of_its_host_is_ended_with_it()
    {
        await using var scene = HostScene.Start();
        var job = await scene.RunAsync("CloseFiles");
        job.Kill();
        Assert.Contains((await job.EndAsync()).Outcome, new[] { SettleOutcome.Stopped, SettleOutcome.Returned });
    }

    [Fact]
    public async Task What_a_job_left_running_is_gone_when_it_has_ended()
    {
        await using var scene = HostScene.Start();
        var job = await scene.RunAsync("StartPrograms", _folder.File("pids"), false);
        Assert.Equal(SettleOutcome.Completed, (await job.EndAsync()).Outcome);
        Assert.DoesNotContain(await HostedJob.PidsAsync(_folder.File("pids")), HostedJob.IsAlive);
    }

    [Fact]
    public async Task What_a_job_started_is_gone_when_it_was_killed()
    {
        await using var scene = HostScene.Start();
        var job = await scene.RunAsync("StartPrograms", _folder.File("pids"), true);
        var pids = await HostedJob.PidsAsync(_folder.File("pids"));
        job.Kill();
        Assert.Equal(SettleOutcome.Stopped, (await job.EndAsync()).Outcome);
        Assert.DoesNotContain(pids, HostedJob.IsAlive);
    }

    [Fact]
    public async Task What_a_job_started_is_gone_before_its_host_that_was_killed_is_reported()
    {
        await using var scene = HostScene.Start();
        var pid = int.Parse(Result(await (await scene.RunAsync("Pid")).EndAsync())!, System.Globalization.CultureInfo.InvariantCulture);
        var job = await scene.RunAsync("StartPrograms", _folder.File("pids"), true);
        var pids = await HostedJob.PidsAsync(_folder.File("pids"));
        Process.GetProcessById(pid).Kill();
        Assert.Equal(JobReasons.Killed, (await job.EndAsync()).Reason);
        Assert.DoesNotContain(pids, HostedJob.IsAlive);
    }

    [Fact]
    public async Task A_host_that_is_not_told_in_time_that_the_lease_is_good_kills_itself_and_all_it_started()
    {
        await using var scene = HostScene.Start();
        await scene.UntilRoomAsync();
        scene.FeedFor(TimeSpan.FromSeconds(3));
        var job = scene.Begin("StartPrograms", _folder.File("pids"), true);
        var pids = await HostedJob.PidsAsync(_folder.File("pids"));
        Assert.Equal(SettleOutcome.Stopped, (await job.EndAsync()).Outcome);
        Assert.DoesNotContain(pids, HostedJob.IsAlive);
    }

    [Fact]
    public async Task A_job_that_comes_when_the_lease_has_lapsed_is_given_back_un_run()
    {
        await using var scene = HostScene.Start();
        await scene.UntilRoomAsync();
        scene.FeedFor(TimeSpan.FromSeconds(-1));
        Assert.Equal(SettleOutcome.Returned, (await scene.Begin("Pid").EndAsync()).Outcome);
        scene.FeedFor(TimeSpan.FromHours(1));
        Assert.Equal(SettleOutcome.Completed, (await (await scene.RunAsync("Pid")).EndAsync()).Outcome);
    }

    [Fact]
    public async Task A_job_for_which_no_host_is_ready_is_given_back_un_run()
    {
        await using var scene = HostScene.Start();
        await scene.UntilRoomAsync();
        var first = scene.Begin("Obey");
        Assert.Equal(SettleOutcome.Returned, (await scene.Begin("Pid").EndAsync()).Outcome);
        first.Stop();
        await first.EndAsync();
    }

    [Fact]
    public async Task A_program_runs_in_a_host_and_what_it_leaves_behind_holds_up_nothing()
    {
        await using var scene = HostScene.Start(new WorkerOptions { Slots = 1, AllowCommands = true });
        var clock = Stopwatch.StartNew();
        var job = await scene.RunCommandAsync($"echo said; setsid sh -c 'echo $$ > {_folder.File("pids")}; exec sleep 1000' & while [ ! -s {_folder.File("pids")} ]; do sleep 0.01; done");
        var settlement = await job.EndAsync();
        Assert.Equal((SettleOutcome.Completed, 0), (settlement.Outcome, settlement.Exit!.Code));
        Assert.Equal(["said"], job.Lines());
        Assert.DoesNotContain(await HostedJob.PidsAsync(_folder.File("pids")), HostedJob.IsAlive);
    }

    [Fact]
    public async Task When_the_worker_never_came_to_run_its_hosts_end_all_the_same()
    {
        await using var scene = HostScene.Start();
        var pid = int.Parse(Result(await (await scene.RunAsync("Pid")).EndAsync())!, System.Globalization.CultureInfo.InvariantCulture);
        scene.Executor.Dispose();
        await Deadline.UntilAsync(() => !HostedJob.IsAlive(pid), HostScene.Patience, "the host ends");
    }

    [Fact]
    public async Task A_store_in_the_memory_of_the_worker_is_out_of_reach_and_says_so()
    {
        await using var scene = HostScene.Start();
        var settlement = await (await scene.RunAsync("Dibs.Tests.Child.Enqueuer.EnqueueAsync")).EndAsync();
        Assert.Equal((SettleOutcome.Failed, JobReasons.Threw), (settlement.Outcome, settlement.Reason));
        Assert.Contains("a job host does not reach", settlement.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Memory_counts_the_hosts_too()
    {
        await using var scene = HostScene.Start();
        await scene.UntilRoomAsync();
        await Deadline.UntilAsync(() => scene.Executor.Memory > 10 << 20, TimeSpan.FromSeconds(20), "the hosts are measured");
    }

    private static string? Result(Settlement settlement)
    {
        Assert.True(settlement.Outcome == SettleOutcome.Completed, $"{settlement.Outcome} {settlement.Reason} {settlement.Error}");
        return settlement.Result is { } result ? Encoding.UTF8.GetString(result.Span) : null;
    }
}
