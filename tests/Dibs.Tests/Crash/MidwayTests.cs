using Dibs.Sqlite.Raw;
using Dibs.Tests.Sqlite;
using Dibs.Tests.Support;

namespace Dibs.Tests.Crash;

/// <summary>Processes that are killed on the way: in an enqueue, in a drain, in a repair.</summary>
[Collection(Alone.Name)]
public sealed class MidwayTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_client_killed_in_mid_enqueue_has_stored_whole_steps_and_can_say_it_again()
    {
        const int Jobs = 10_000;
        var random = new Random(RandomTrials.FirstSeed());
        await using var scene = await CrashScene.OpenAsync();
        for (var round = 1; round <= 3; round++)
        {
            var before = await scene.Store.CountAsync(_ => true);
            await using (var client = ChildProcess.Start("enqueue", scene.Database, $"round-{round}", $"{Jobs}"))
            {
                var killAt = before + random.Next(1, Jobs / 2);
                await Deadline.UntilAsync(() => scene.Store.CountAsync(_ => true), count => count >= killAt, Patience, "half of the jobs are stored");
                client.Signal(ChildProcess.SigKill);
                await client.WaitForExitAsync();
            }

            var stored = await scene.Store.CountAsync(_ => true) - before;
            Assert.InRange(stored, 1, Jobs - 1);
            Assert.Equal(0, stored % Limits.JobsPerStep);

            await using var again = ChildProcess.Start("enqueue", scene.Database, $"round-{round}", $"{Jobs}");
            Assert.Equal($"{Jobs}", await again.ReadLineAsync());
            Assert.Equal(before + Jobs, await scene.Store.CountAsync(_ => true));
        }
        await scene.AssertCleanAsync();
    }

    [Fact]
    public async Task A_worker_killed_in_its_drain_leaves_nothing_behind()
    {
        await using var scene = await CrashScene.OpenAsync();
        var draining = scene.Work("draining");
        await scene.EnqueueAsync(
            scene.Request("cut", CrashScene.Attend, TimeSpan.FromMinutes(5), exclusive: ["r"]),
            scene.Request("next", CrashScene.Attend, TimeSpan.Zero, exclusive: ["r"]));
        await scene.UntilBegunAsync("cut");
        await scene.UntilKnownAsync(scene.Work("other"));

        draining.Terminate();
        await draining.UntilItSaysAsync("drains");
        await draining.KillAsync();

        Assert.Equal("other", (await scene.UntilAsync("next", JobState.Completed)).Worker);
        var cut = await scene.GetAsync("cut");
        Assert.Equal(JobReasons.WorkerLost, cut.Reason);
        Assert.InRange(cut.FinishedAt!.Value - draining.KilledAt!.Value, TimeSpan.Zero, CrashScene.MovedOnWithin);
        await scene.AssertCleanAsync();
    }

    [Fact]
    public async Task Of_two_workers_with_one_name_only_the_killed_one_loses_its_job()
    {
        await using var scene = await CrashScene.OpenAsync();
        scene.Work("twin");
        scene.Work("twin");
        await scene.EnqueueAsync(
            scene.Request("one", CrashScene.Attend, TimeSpan.FromSeconds(6)),
            scene.Request("two", CrashScene.Attend, TimeSpan.FromSeconds(6)));
        var killed = await scene.UntilBegunAsync("one");
        Assert.NotSame(killed, await scene.UntilBegunAsync("two"));
        await killed.KillAsync();

        Assert.Equal(JobReasons.WorkerLost, (await scene.UntilAsync("one", JobState.Failed)).Reason);
        Assert.Equal(1, (await scene.UntilAsync("two", JobState.Completed)).Attempt);
        await scene.AssertCleanAsync();
    }

    [Fact]
    public async Task A_repair_that_was_killed_has_harmed_nothing_and_can_be_done_again()
    {
        const int Jobs = 10_000;
        await using var scene = await CrashScene.OpenAsync();
        await using (var client = ChildProcess.Start("enqueue", scene.Database, "job", $"{Jobs}"))
            Assert.Equal($"{Jobs}", await client.ReadLineAsync());
        using var sql = Connection.Open(scene.Database, create: false, TimeSpan.FromSeconds(10));
        sql.RunScript("UPDATE job SET blockers = blockers + 7");

        using (var repair = scene.Start("repair"))
        {
            await Deadline.UntilAsync(() => Damaged(sql) < Jobs, Patience, "the first jobs are mended");
            repair.Kill();
            await repair.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"killed when {Damaged(sql)} of {Jobs} were still damaged");

        Assert.Equal(Jobs, await scene.Store.CountAsync(_ => true));
        Assert.Equal(0, (await scene.RunAsync("repair")).Exit);
        await scene.AssertCleanAsync();
    }

    private static long Damaged(Connection sql) => sql.Scalar("SELECT count(*) FROM job WHERE blockers >= 7")!.Value;
}
