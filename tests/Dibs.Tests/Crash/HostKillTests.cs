using System.Diagnostics;
using System.Globalization;
using Dibs.Processes;
using Dibs.Tests.Support;

namespace Dibs.Tests.Crash;

/// <summary>
/// Whatever a job started is gone before its reservations can be granted again: the programs that it started are looked at, and not
/// only the process that ran it.
/// </summary>
[Collection(Alone.Name)]
public sealed class HostKillTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Far below the lease.</summary>
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(1.5);

    [Fact]
    public async Task When_a_worker_is_killed_its_job_hosts_and_their_programs_are_gone_at_once()
    {
        await using var scene = await CrashScene.OpenAsync();
        var (worker, pids) = await StartProgramsAsync(scene);
        var hosts = ProcessTable.Read().Children(worker.Id).Select(host => host.Pid).ToArray();
        Assert.NotEmpty(hosts);
        await worker.KillAsync();
        await Deadline.UntilAsync(() => !pids.Concat(hosts).Any(IsAlive), AtOnce, "they are gone");
    }

    [Fact]
    public async Task When_a_job_host_is_killed_its_programs_are_gone_before_the_next_in_line_begins()
    {
        await using var scene = await CrashScene.OpenAsync();
        var (worker, pids) = await StartProgramsAsync(scene);
        await scene.EnqueueAsync(scene.Command("next", Watch(pids), exclusive: ["r"]));
        var table = ProcessTable.Read();
        var host = table.Children(worker.Id).Single(host => table.Descendants(host.Pid).Any(process => process.Pid == pids[0]));
        Process.GetProcessById(host.Pid).Kill();

        await scene.UntilAsync("next", JobState.Completed);
        var job = await scene.GetAsync("programs");
        Assert.Equal((JobState.Failed, JobReasons.Killed, 9), (job.State, job.Reason, job.Exit!.Signal));
        Assert.Equal(0, await worker.StopAsync());
        await scene.AssertCleanAsync();
    }

    [Fact]
    public async Task When_a_worker_is_frozen_its_job_hosts_and_their_programs_are_gone_before_the_next_in_line_begins()
    {
        await using var scene = await CrashScene.OpenAsync();
        var (frozen, pids) = await StartProgramsAsync(scene);
        await scene.EnqueueAsync(scene.Command("next", Watch(pids), exclusive: ["r"]));
        var rescuer = scene.Work("rescuer");
        await scene.UntilKnownAsync(rescuer);
        await scene.FreezeAsync(frozen);

        Assert.Equal("rescuer", (await scene.UntilAsync("next", JobState.Completed)).Worker);
        Assert.Equal(JobReasons.WorkerLost, (await scene.GetAsync("programs")).Reason);
        frozen.Thaw();
        // It goes on with new hosts, as if nothing had been.
        await scene.EnqueueAsync(scene.Command("after", "true"));
        await scene.UntilAsync("after", JobState.Completed);
        Assert.Equal((0, 0), (await frozen.StopAsync(), await rescuer.StopAsync()));
        await scene.AssertCleanAsync();
    }

    [Fact]
    public async Task When_a_job_is_canceled_its_programs_are_gone_before_the_next_in_line_begins()
    {
        await using var scene = await CrashScene.OpenAsync();
        var (worker, pids) = await StartProgramsAsync(scene);
        await scene.EnqueueAsync(scene.Command("next", Watch(pids), exclusive: ["r"]));
        Assert.Equal(0, (await scene.RunAsync("cancel", "programs")).Exit);
        await scene.UntilAsync("next", JobState.Completed);
        Assert.Equal(JobState.Canceled, (await scene.GetAsync("programs")).State);
        Assert.Equal(0, await worker.StopAsync());
    }

    [Fact]
    public async Task As_the_first_process_of_a_container_it_runs_jobs_and_leaves_no_zombies()
    {
        await using var scene = await CrashScene.OpenAsync();
        await scene.EnqueueAsync(scene.Command("orphans", "for i in 1 2 3 4 5; do (sleep 0.05 &) ; done; sleep 0.2"), scene.Command("last", "cat /proc/[0-9]*/stat | grep -c ') Z 1 ' || true"));
        using var unshare = scene.StartProgram("unshare", "--user", "--map-root-user", "--pid", "--fork", "--mount-proc", "dotnet", Cli.CliProcess.Program, "worker", "--allow-commands", "-c", "1", "--burst");
        var ended = await Cli.CliProcess.EndAsync(unshare);
        Assert.SkipWhen(ended.Error.Contains("unshare", StringComparison.Ordinal), $"this machine has no namespaces for us: {ended.Error}");
        Assert.True(ended.Exit == 0, ended.Error);
        Assert.Equal(JobState.Completed, (await scene.GetAsync("last")).State);
        Assert.Equal("0\n", (await scene.RunAsync("job", "last", "--logs")).Out);
    }

    /// <summary>A job that runs two programs, of which one ignores every signal and one detached itself twice, and does not end.</summary>
    private static async Task<(CrashWorker Worker, int[] Pids)> StartProgramsAsync(CrashScene scene)
    {
        var file = scene.File("pids");
        await scene.EnqueueAsync(scene.Command("programs", $"""
            (trap '' TERM INT HUP QUIT; while :; do sleep 0.1; done) &
            echo $! >> {file}.new
            setsid sh -c "setsid sh -c 'echo \$\$ >> {file}.new; exec sleep 1000' &"
            while [ "$(wc -l < {file}.new)" -lt 2 ]; do sleep 0.01; done
            mv {file}.new {file}
            trap '' TERM
            while :; do sleep 0.1; done
            """, exclusive: ["r"]));
        var worker = scene.Work("worker");
        await Deadline.UntilAsync(() => File.Exists(file), Patience, $"the programs run; {worker.Log}");
        return (worker, [.. (await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken)).Select(line => int.Parse(line, CultureInfo.InvariantCulture))]);
    }

    /// <summary>Fails if one of them lives, which a zombie does not.</summary>
    private static string Watch(int[] pids) => string.Join("; ", pids.Select(pid => $"if [ -e /proc/{pid}/stat ] && ! grep -q ') [ZX] ' /proc/{pid}/stat; then echo {pid} lives; exit 1; fi"));

    private static bool IsAlive(int pid) => ProcessTable.Find(pid) is { IsZombie: false };
}
