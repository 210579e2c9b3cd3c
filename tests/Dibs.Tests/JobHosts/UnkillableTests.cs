using System.Diagnostics;
using Dibs.Clients;
using Dibs.JobHosts;
using Dibs.Sqlite;
using Dibs.Stores;
using Dibs.Tests.Cli;
using Dibs.Tests.Crash;
using Dibs.Tests.Support;

namespace Dibs.Tests.JobHosts;

/// <summary>
/// A program that the job host has no right to signal. The host is another user's here, who may do nothing but become somebody else: so the job starts a
/// program that is root's.
/// </summary>
public sealed class UnkillableTests : IDisposable
{
    private static readonly string[] AsNobody = ["--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=+setuid", "--ambient-caps=+setuid"];
    private readonly TemporaryFolder _folder = TemporaryFolder.InMemory();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_job_lasts_until_a_program_has_ended_that_may_not_be_signaled_and_says_so()
    {
        var app = HostScene.ChildApp();
        await PrepareAsync(app.Arguments[0]);
        await using var scene = HostScene.StartProgram(new HostCommand("setpriv", [.. AsNobody, app.Program, .. app.Arguments]), new WorkerOptions { Slots = 1, AllowCommands = true });
        var job = await scene.RunCommandAsync($"setpriv --reuid=0 sh -c 'sleep 3; echo 1 > {_folder.File("ended")}' & exit 0");
        var settlement = await job.EndAsync();

        Assert.True(File.Exists(_folder.File("ended")), "The program was killed, or the job did not wait for it.");
        Assert.Equal((SettleOutcome.Completed, 0), (settlement.Outcome, settlement.Exit!.Code));
        Assert.Contains(job.Lines(), line => line.Contains("lasts until what it started has ended, which cannot be killed (no right to signal it", StringComparison.Ordinal));
        // The host is as good as before.
        Assert.Equal(SettleOutcome.Completed, (await (await scene.RunAsync("Pid")).EndAsync()).Outcome);
    }

    [Fact, Trait("Duration", "long")]
    public async Task A_worker_that_may_not_signal_a_program_says_so_and_counts_its_slot_as_overdue_until_it_has_ended()
    {
        await PrepareAsync(CliProcess.Program);
        using var cli = new CliProcess();
        cli.Variables["DIBS_STORE"] = $"sqlite:{_folder.File("jobs.db")}";
        await using var worker = new CrashWorker(
            "w", cli.Start("setpriv", [.. AsNobody, "dotnet", CliProcess.Program, "worker", "--name", "w", "--slots", "1", "--lease", "3s", "--allow-commands"]), _folder.Path, "w");
        await worker.UntilItSaysAsync("started");
        await using var store = new SqliteJobStore(_folder.File("jobs.db"), "default");
        await store.OpenAsync(Token);
        var jobs = new JobClient(new StoreGate(store), catalog: null, TimeProvider.System);
        var script = $"setpriv --reuid=0 sh -c 'echo 1 > {_folder.File("begun")}; sleep 12; echo 1 > {_folder.File("ended")}' & exec sleep 1000";
        await jobs.EnqueueManyAsync([JobRequest.Command(["sh", "-c", script], options: new JobOptions { Id = "stuck" })], Token);
        await Deadline.UntilAsync(() => File.Exists(_folder.File("begun")), HostScene.Patience, "the program has begun");

        await jobs.CancelAsync("stuck", Token);
        await Deadline.UntilAsync(
            async () => (await store.SurveyAsync(SurveyParts.Workers, Token)).Workers.Single().Overdue, overdue => overdue is ["stuck"], HostScene.Patience, "its slot is counted as overdue");
        await worker.UntilItSaysAsync("does not end although it was killed");
        var job = await jobs.WaitAsync("stuck", Token);
        Assert.Equal((JobState.Canceled, true), (job.State, File.Exists(_folder.File("ended"))));
        Assert.Equal(0, await worker.StopAsync());
    }

    /// <summary>Lets the other user read the program and write into the folder.</summary>
    private async Task PrepareAsync(string program)
    {
        Assert.SkipUnless(await CanReadAsync(program), "Only root can start a host that is another user's, who must be able to read the tests.");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(_folder.Path, (UnixFileMode)0b111_111_111);
    }

    private static async Task<bool> CanReadAsync(string file)
    {
        if (!OperatingSystem.IsLinux())
            return false;
        using var probe = Process.Start("sh", ["-c", "exec setpriv \"$@\"", "sh", .. AsNobody, "test", "-r", file]);
        await probe.WaitForExitAsync(Token);
        return probe.ExitCode == 0;
    }
}
