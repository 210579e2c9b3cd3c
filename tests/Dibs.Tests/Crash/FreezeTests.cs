using Dibs.Tests.Sqlite;
using Dibs.Tests.Support;

namespace Dibs.Tests.Crash;

/// <summary>Worker processes that stand still for a while, as under a debugger or on a machine that swaps.</summary>
[Collection(Alone.Name)]
public sealed class FreezeTests
{
    private const int KilledBySignal9 = 137;

    [Fact]
    public async Task A_worker_frozen_for_less_than_two_thirds_of_its_lease_harms_nobody()
    {
        var lease = TimeSpan.FromSeconds(6);
        await using var scene = await CrashScene.OpenAsync();
        await scene.EnqueueAsync(scene.Request("held", CrashScene.Attend, TimeSpan.FromSeconds(5), exclusive: ["r"]));
        var frozen = scene.Work("frozen", lease: lease);
        await scene.UntilBegunAsync("held");
        var rescuer = scene.Work("rescuer", lease: lease);
        await scene.UntilKnownAsync(rescuer);

        await scene.FreezeAsync(frozen);
        await Task.Delay(lease / 3, TimeProvider.System, TestContext.Current.CancellationToken);
        frozen.Thaw();

        var job = await scene.UntilAsync("held", JobState.Completed);
        Assert.Equal(1, job.Attempt);
        Assert.Equal((0, 0), (await frozen.StopAsync(), await rescuer.StopAsync()));
        Assert.DoesNotContain("was lost", rescuer.Log, StringComparison.Ordinal);
        await scene.AssertCleanAsync();
    }

    [Fact]
    public async Task A_process_stopped_inside_a_transaction_for_less_than_half_of_a_lease_ends_no_job_of_a_worker()
    {
        var lease = TimeSpan.FromSeconds(6);
        await using var scene = await CrashScene.OpenAsync();
        await scene.EnqueueAsync(scene.Request("held", CrashScene.Attend, TimeSpan.FromSeconds(4), exclusive: ["r"]));
        var worker = scene.Work("held up", lease: lease);
        await scene.UntilBegunAsync("held");

        await using (var stopped = ChildProcess.Start("hold", scene.Database))
        {
            Assert.Equal("inside", await stopped.ReadLineAsync());
            stopped.Signal(ChildProcess.SigStop);
            await Task.Delay(lease / 3, TimeProvider.System, TestContext.Current.CancellationToken);
            stopped.Signal(ChildProcess.SigContinue);
            stopped.WriteLine();
            Assert.Equal("stored", await stopped.ReadLineAsync());
        }

        Assert.Equal(1, (await scene.UntilAsync("held", JobState.Completed)).Attempt);
        Assert.Equal(0, await worker.StopAsync());
        await scene.AssertCleanAsync();
    }

    [Fact]
    public async Task A_worker_without_job_hosts_frozen_for_longer_than_its_lease_loses_its_jobs_and_ends_its_process_when_it_goes_on()
    {
        await using var scene = await CrashScene.OpenAsync();
        await scene.EnqueueAsync(
            scene.Request("deaf", CrashScene.Insist, TimeSpan.FromMinutes(5), exclusive: ["r"]),
            scene.Request("next", CrashScene.Attend, TimeSpan.FromSeconds(2), exclusive: ["r"]));
        var frozen = scene.Work("frozen", isolation: "none");
        await scene.UntilBegunAsync("deaf");
        var rescuer = scene.Work("rescuer");
        await scene.UntilKnownAsync(rescuer);

        await scene.FreezeAsync(frozen);
        var frozenAt = TimeProvider.System.GetUtcNow();
        await scene.UntilBegunAsync("next");
        frozen.Thaw();
        await frozen.WaitForExitAsync();

        Assert.Equal(KilledBySignal9, frozen.ExitCode);
        Assert.Contains("'frozen' ends its process", frozen.Log, StringComparison.Ordinal);
        var lost = await scene.GetAsync("deaf");
        Assert.Equal((JobState.Failed, JobReasons.WorkerLost), (lost.State, lost.Reason));
        Assert.InRange(lost.FinishedAt!.Value - frozenAt, TimeSpan.Zero, CrashScene.MovedOnWithin);
        Assert.Equal("rescuer", (await scene.UntilAsync("next", JobState.Completed)).Worker);
        Assert.Equal(0, await rescuer.StopAsync());
        Assert.Equal(lost, await scene.GetAsync("deaf"), (a, b) => (a.State, a.FinishedAt, a.Attempt) == (b.State, b.FinishedAt, b.Attempt));
        await scene.AssertCleanAsync();
    }

    [Fact]
    public async Task What_a_frozen_worker_reports_after_its_rescue_is_refused()
    {
        await using var scene = await CrashScene.OpenAsync();
        // It is over while its worker stands still, so that its outcome is the first thing that the worker has to say.
        await scene.EnqueueAsync(scene.Request("late", CrashScene.Insist, TimeSpan.FromSeconds(2), exclusive: ["r"]));
        var frozen = scene.Work("frozen");
        await scene.UntilBegunAsync("late");
        await scene.FreezeAsync(frozen);
        await scene.UntilKnownAsync(scene.Work("rescuer"));
        await scene.UntilAsync("late", JobState.Failed);
        frozen.Thaw();

        // Either its end was noticed first, and is refused, or that the lease has passed, which ends the process.
        await Deadline.UntilAsync(
            () => frozen.HasExited || frozen.Log.Contains("its outcome was refused", StringComparison.Ordinal), CrashScene.MovedOnWithin, "it stops");
        Assert.Equal(JobReasons.WorkerLost, (await scene.GetAsync("late")).Reason);
        await scene.AssertCleanAsync();
    }
}
