using Dibs.Stores;
using Dibs.Tests.Simulation;

namespace Dibs.Tests.Workers;

/// <summary>The store is lost and comes back as it was, in simulated time.</summary>
public class OutageTests
{
    private const string Lost = "has lost its store and tries again";
    private const string Back = "has its store back after";

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 10)];

    [Theory, MemberData(nameof(Seeds))]
    public void One_line_tells_of_the_loss_and_one_of_the_return(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        foreach (var seconds in new[] { 3, 20, 100 })
        {
            var scene = new WorkerScene(world);
            var line = new FaultyStore(scene.Store);
            var worker = scene.Work(store: line);
            await world.Delay(10);
            var before = world.Trace.Count;
            line.Cut();
            await world.Delay(seconds);
            line.Mend();
            var job = await scene.UntilAsync(await scene.EnqueueAsync("work 1"), JobState.Completed);
            Assert.InRange((job.StartedAt - job.CreatedAt)!.Value.TotalSeconds, 0, 2.5);
            await world.Delay(5);
            var lines = world.Trace.Skip(before).ToArray();
            Assert.Single(lines, entry => entry.Contains(Lost, StringComparison.Ordinal));
            Assert.Single(lines, entry => entry.Contains(Back, StringComparison.Ordinal));
            await worker.StopAsync();
        }
    });

    [Theory, MemberData(nameof(Seeds))]
    public void What_ends_while_the_store_is_lost_is_settled_when_it_is_back(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var scene = new WorkerScene(world);
        var line = new FaultyStore(scene.Store);
        var worker = scene.Work(options => options.OnLeaseLost = OnLeaseLost.Exit, line);
        var ids = new List<string>();
        foreach (var script in new[] { "work 5", "stubborn 8", "throw" })
            ids.Add(await scene.EnqueueAsync(script));
        await scene.UntilAsync(ids[1], JobState.Running);
        line.Cut();
        await world.Delay(60);
        Assert.Empty(scene.Running);
        line.Mend();
        foreach (var id in ids)
            await scene.UntilAsync(id, record => record.State.IsFinal());
        Assert.Equal(JobState.Completed, (await scene.GetAsync(ids[0])).State);
        Assert.Equal("completed", (await scene.GetAsync(ids[1])).Progress!.Single().State);
        // Its code had ended long before the lease lapsed: there was nothing to end the process for.
        Assert.False(world.ProcessEnded);
        await world.Delay(2);
        Assert.Single(world.Trace, entry => entry.Contains(Back, StringComparison.Ordinal));
        await worker.StopAsync();
    });

    [Theory, MemberData(nameof(Seeds))]
    public void What_was_rescued_before_the_return_is_refused_and_the_return_says_so(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var scene = new WorkerScene(world);
        var line = new FaultyStore(scene.Store);
        var worker = scene.Work(store: line);
        var id = await scene.EnqueueAsync("quiet 5");
        await scene.UntilAsync(id, JobState.Running);
        var other = scene.Work(options => options.Queues = ["other"]);
        line.Cut();
        await scene.UntilAsync(id, record => record.State.IsFinal());
        line.Mend();
        await world.Delay(5);
        Assert.Equal(JobReasons.WorkerLost, (await scene.GetAsync(id)).Reason);
        Assert.Single(world.Trace, entry => entry.Contains("0 outcomes were settled, 1 refused, 0 are left", StringComparison.Ordinal));
        await worker.StopAsync();
        await other.StopAsync();
    });

    [Theory, MemberData(nameof(Seeds))]
    public void A_single_answer_that_is_lost_is_over_at_once(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var scene = new WorkerScene(world);
        var lose = new HashSet<string> { "exchange", "heartbeat", "report", "tend" };
        var line = new FaultyStore(scene.Store);
        var worker = scene.Work(store: line);
        await world.Delay(10);
        line.Fault = async (name, step) =>
        {
            await step();
            if (lose.Remove(name))
                throw FaultyStore.Unreachable;
        };
        await scene.UntilAsync(await scene.EnqueueAsync("work 30"), JobState.Completed);
        await world.Delay(5);
        Assert.Empty(lose);
        var (losses, returns) = (Count(Lost), Count(Back));
        Assert.InRange(losses, 1, 4);
        Assert.Equal(losses, returns);
        await worker.StopAsync();

        int Count(string text) => world.Trace.Count(entry => entry.Contains(text, StringComparison.Ordinal));
    });

    [Theory, MemberData(nameof(Seeds))]
    public void Steps_that_fail_beside_others_that_do_not_are_one_outage(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var scene = new WorkerScene(world);
        var line = new FaultyStore(scene.Store);
        var worker = scene.Work(store: line);
        await world.Delay(10);
        line.Fault = (name, step) => name is "exchange" ? throw FaultyStore.Unreachable : step();
        await world.Delay(60);
        line.Mend();
        await world.Delay(5);
        Assert.Single(world.Trace, entry => entry.Contains(Lost, StringComparison.Ordinal));
        Assert.Single(world.Trace, entry => entry.Contains(Back, StringComparison.Ordinal));
        await worker.StopAsync();
    });

    [Theory, MemberData(nameof(Seeds))]
    public void A_worker_that_is_told_to_exit_ends_at_the_first_failure_and_cuts_what_it_runs(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var scene = new WorkerScene(world);
        var line = new FaultyStore(scene.Store);
        var worker = scene.Work(options => options.OnStoreLoss = OnStoreLoss.Exit, line);
        var id = await scene.EnqueueAsync("work 1000");
        await scene.UntilAsync(id, JobState.Running);
        line.Cut();
        var cutAt = world.Elapsed;
        Assert.Equal("unreachable", (await Assert.ThrowsAsync<StoreException>(() => worker.Run)).Code);
        Assert.InRange((world.Elapsed - cutAt).TotalSeconds, 0, 4.5);
        Assert.True(worker.Worker.HasCut);
        await world.Delay(0.1);
        Assert.Empty(scene.Running);
        Assert.Equal(JobState.Running, (await scene.GetAsync(id)).State);
        Assert.Single(world.Trace, entry => entry.Contains("ends without its store", StringComparison.Ordinal));
        Assert.DoesNotContain(world.Trace, entry => entry.Contains(Lost, StringComparison.Ordinal));
    });

    [Theory, MemberData(nameof(Seeds))]
    public void A_store_that_refuses_the_settings_ends_the_worker_whatever_it_was_told(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        foreach (var told in new[] { OnStoreLoss.Wait, OnStoreLoss.Exit })
        {
            var scene = new WorkerScene(world);
            var line = new FaultyStore(scene.Store);
            var worker = scene.Work(options => options.OnStoreLoss = told, line);
            await world.Delay(10);
            line.Fault = (_, _) => throw new DibsConfigurationException("store-password", "The password is wrong.");
            var changedAt = world.Elapsed;
            await Assert.ThrowsAsync<DibsConfigurationException>(() => worker.Run);
            Assert.InRange((world.Elapsed - changedAt).TotalSeconds, 0, 1.5);
        }
    });

    [Theory, MemberData(nameof(Seeds))]
    public void A_drain_without_the_store_gives_up_and_says_that_outcomes_are_lost(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var scene = new WorkerScene(world);
        var line = new FaultyStore(scene.Store);
        var worker = scene.Work(options => options.Grace = TimeSpan.FromSeconds(10), line);
        await scene.UntilAsync(await scene.EnqueueAsync("work 5"), JobState.Running);
        line.Cut();
        var askedAt = world.Elapsed;
        await worker.StopAsync();
        Assert.InRange((world.Elapsed - askedAt).TotalSeconds, 15, 30);
        Assert.True(worker.Worker.HasCut);
        Assert.Contains(world.Trace, entry => entry.Contains("could not tell the store that it leaves", StringComparison.Ordinal));
    });

    [Theory, MemberData(nameof(Seeds))]
    public void A_worker_that_runs_nothing_is_drained_soon_although_its_store_is_lost(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var scene = new WorkerScene(world);
        var line = new FaultyStore(scene.Store);
        var worker = scene.Work(store: line);
        await world.Delay(10);
        line.Cut();
        await world.Delay(3);
        var askedAt = world.Elapsed;
        await worker.StopAsync();
        Assert.InRange((world.Elapsed - askedAt).TotalSeconds, 0, 5.5);
        Assert.False(worker.Worker.HasCut);
    });

    [Theory, MemberData(nameof(Seeds))]
    public void A_worker_that_stopped_is_not_made_known_again_by_a_heartbeat_that_was_delayed(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var scene = new WorkerScene(world);
        var line = new FaultyStore(scene.Store);
        var worker = scene.Work(store: line);
        await world.Delay(10);
        await scene.RescueAsync();
        line.Fault = async (name, step) =>
        {
            await step();
            if (name is "heartbeat" or "register")
                await world.Delay(2);
        };
        await world.Delay(4);
        await worker.StopAsync();
        await world.Delay(10);
        Assert.Empty((await scene.Store.SurveyAsync(SurveyParts.Workers, TestContext.Current.CancellationToken)).Workers);
    });
}
