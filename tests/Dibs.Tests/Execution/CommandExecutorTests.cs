using System.Diagnostics;
using Dibs.Execution;
using Dibs.Jobs;
using Dibs.Stores;
using Dibs.Tests.Support;

namespace Dibs.Tests.Execution;

public sealed class CommandExecutorTests : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _kill = new();
    private readonly TaskCompletionSource _spoke = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly JobContext _context;

    public CommandExecutorTests() =>
        _context = new JobContext(new AttemptKey("job-1", 2, 77), "default", TimeProvider.System, () => _spoke.TrySetResult(), _stop.Token, _kill.Token);

    [Fact]
    public async Task Exit_code_0_completes_the_job()
    {
        var settlement = await RunAsync("echo hello; echo world >&2");
        Assert.Equal(SettleOutcome.Completed, settlement.Outcome);
        Assert.Equal(0, settlement.Exit!.Code);
        Assert.Equal(["hello", "world"], Lines().Order());
    }

    [Fact]
    public async Task Another_exit_code_fails_it_with_the_end_of_its_output()
    {
        var settlement = await RunAsync("echo broken pipe to the moon; exit 3");
        Assert.Equal((SettleOutcome.Failed, JobReasons.Exited), (settlement.Outcome, settlement.Reason));
        Assert.Equal(3, settlement.Exit!.Code);
        Assert.Equal("broken pipe to the moon", settlement.Error!.Detail);
    }

    [Fact]
    public async Task A_program_ended_by_a_signal_says_which() =>
        Assert.Equal(9, (await RunAsync("kill -9 $$")).Exit!.Signal);

    [Fact]
    public async Task An_exit_code_beyond_all_signals_is_an_exit_code()
    {
        var settlement = await RunAsync("exit 255");
        Assert.Equal(new ExitRecord { Code = 255 }, settlement.Exit);
        Assert.Contains("exited with code 255", settlement.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_program_knows_its_job_attempt_and_fence_and_the_given_environment()
    {
        await RunAsync("echo $DIBS_JOB_ID $DIBS_ATTEMPT $DIBS_FENCE $COLOR", env: new() { ["COLOR"] = "green" });
        Assert.Equal(["job-1 2 77 green"], Lines());
    }

    [Fact]
    public async Task A_program_that_does_not_exist_fails_the_job()
    {
        var settlement = await ExecuteAsync(new JobContent { Command = ["/no/such/program"] });
        Assert.Equal((SettleOutcome.Failed, JobReasons.Exited), (settlement.Outcome, settlement.Reason));
        Assert.Contains("'/no/such/program' could not be started", settlement.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_that_runs_no_commands_fails_the_job_and_says_what_to_do()
    {
        var settlement = await new CommandExecutor(allowed: false, TimeProvider.System).ExecuteAsync(new JobContent { Command = ["true"] }, _context);
        Assert.Equal((SettleOutcome.Failed, JobReasons.UnknownMethod), (settlement.Outcome, settlement.Reason));
        Assert.Contains("--allow-commands", settlement.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Asked_to_stop_the_program_gets_SIGTERM()
    {
        var run = RunAsync("trap 'echo bye; exit 9' TERM; echo ready; while :; do sleep 0.05; done");
        await _spoke.Task;
        await _stop.CancelAsync();
        var settlement = await run;
        Assert.Equal(SettleOutcome.Stopped, settlement.Outcome);
        Assert.Contains("bye", Lines());
    }

    [Fact]
    public async Task A_program_that_ignores_SIGTERM_is_killed_with_all_that_it_started()
    {
        var run = RunAsync("trap '' TERM; sleep 600 & echo $!; wait; while :; do sleep 0.05; done");
        await _spoke.Task;
        await _stop.CancelAsync();
        await _kill.CancelAsync();
        var settlement = await run;
        Assert.Equal(SettleOutcome.Stopped, settlement.Outcome);
        Assert.Equal(9, settlement.Exit!.Signal);
        var child = int.Parse(Lines()[0], System.Globalization.CultureInfo.InvariantCulture);
        await Deadline.UntilAsync(() => !IsAlive(child), TimeSpan.FromSeconds(10), "the child of the program is gone");
    }

    [Fact]
    public async Task A_shell_that_ends_at_once_leaves_no_child_behind()
    {
        var run = RunAsync("sh -c \"trap '' TERM; echo \\$\\$; while :; do sleep 0.05; done\"; echo never");
        await _spoke.Task;
        await _stop.CancelAsync();
        Assert.Equal(SettleOutcome.Stopped, (await run).Outcome);
        var child = int.Parse(Lines()[0], System.Globalization.CultureInfo.InvariantCulture);
        Assert.False(IsAlive(child));
    }

    [Fact]
    public async Task Of_a_flood_the_last_64_KiB_are_kept()
    {
        await RunAsync("seq -f 'line %.0f' 1 200000");
        var report = _context.TakeReport()!;
        Assert.Equal("line 200000", report.Lines[^1].Text);
        Assert.InRange(report.Lines.Sum(line => line.Text.Length + 1), Limits.CommandOutputBytes - 20, Limits.CommandOutputBytes);
        Assert.Equal(200_000 - report.Lines.Count, report.FirstLine);
        Assert.Equal(report.FirstLine, report.FirstKeptLine);
    }

    [Fact]
    public async Task Output_that_is_no_text_and_lines_without_end_harm_nobody()
    {
        var settlement = await RunAsync("head -c 300000 /dev/urandom; head -c 3000000 /dev/zero | tr '\\0' x");
        Assert.Equal(SettleOutcome.Completed, settlement.Outcome);
        Assert.All(_context.TakeReport()!.Lines, line => Assert.True(line.Text.Length <= 8192));
    }

    [Fact]
    public async Task A_program_that_leaves_a_child_with_its_pipes_does_not_hold_up_the_job()
    {
        var clock = Stopwatch.StartNew();
        var settlement = await RunAsync("sleep 30 & echo $!");
        Assert.Equal(SettleOutcome.Completed, settlement.Outcome);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20));
        Process.GetProcessById(int.Parse(Lines()[0], System.Globalization.CultureInfo.InvariantCulture)).Kill();
    }

    [Fact]
    public async Task A_program_finds_its_input_closed() =>
        Assert.Equal(SettleOutcome.Completed, (await RunAsync("cat")).Outcome);

    public void Dispose()
    {
        _stop.Dispose();
        _kill.Dispose();
    }

    private Task<Settlement> RunAsync(string script, Dictionary<string, string>? env = null) =>
        ExecuteAsync(new JobContent { Command = ["sh", "-c", script], Env = env });

    private Task<Settlement> ExecuteAsync(JobContent content) =>
        new CommandExecutor(allowed: true, TimeProvider.System).ExecuteAsync(content, _context);

    private string[] Lines() => [.. _context.TakeReport()!.Lines.Select(line => line.Text)];

    private static bool IsAlive(int pid)
    {
        // A zombie waits for whoever adopts it, and runs no more.
        var stat = $"/proc/{pid}/stat";
        return File.Exists(stat) && !File.ReadAllText(stat).Contains(") Z ", StringComparison.Ordinal);
    }
}
