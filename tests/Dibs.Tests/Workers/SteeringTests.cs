using Dibs.Stores;
using Dibs.Tests.Simulation;

namespace Dibs.Tests.Workers;

/// <summary>What workers do that people ask something of, in simulated time.</summary>
public class SteeringTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 10)];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Seeds))]
    public void A_quiet_worker_claims_nothing_more_and_lives_on(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var scene = new WorkerScene(world);
        var worker = scene.Work(options => options.MaxIdle = TimeSpan.FromSeconds(60));
        var first = await scene.EnqueueAsync("work 20");
        await scene.UntilAsync(first, JobState.Running);
        await scene.Store.ChangeAsync(ChangeKind.QuietWorker, ["w1"], Token);
        var second = await scene.EnqueueAsync("work 1");
        await scene.UntilAsync(first, JobState.Completed);
        await world.Delay(100);
        Assert.Equal(JobState.Ready, (await scene.GetAsync(second)).State);
        Assert.False(worker.Run.IsCompleted);
        var seen = Assert.Single((await scene.Store.SurveyAsync(SurveyParts.Workers, Token)).Workers);
        Assert.Equal((WorkerRequest.Quiet, world.Surroundings.Memory), (seen.Asked, seen.Memory));
        Assert.InRange((world.Time.GetUtcNow() - seen.BeatAt).TotalSeconds, 0, 5);
        await worker.StopAsync();
        Assert.False(worker.Worker.HasCut);
    });

    [Theory, MemberData(nameof(Seeds))]
    public void A_stopped_worker_drains_and_ends(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var scene = new WorkerScene(world);
        var worker = scene.Work();
        var first = await scene.EnqueueAsync("work 20");
        await scene.UntilAsync(first, JobState.Running);
        await scene.Store.ChangeAsync(ChangeKind.StopWorker, ["w1"], Token);
        var asked = world.Elapsed;
        while (!world.Trace.Any(line => line.Contains("drains", StringComparison.Ordinal)))
            await world.Delay(0.01);
        Assert.True(world.Elapsed - asked < TimeSpan.FromMilliseconds(20));
        var second = await scene.EnqueueAsync("work 1");
        await worker.Run;
        Assert.False(worker.Worker.HasCut);
        Assert.Equal(JobState.Completed, (await scene.GetAsync(first)).State);
        Assert.Equal(JobState.Ready, (await scene.GetAsync(second)).State);
        Assert.Empty((await scene.Store.SurveyAsync(SurveyParts.Workers, Token)).Workers);
    });

    [Theory, MemberData(nameof(Seeds))]
    public void A_stopped_worker_gives_its_jobs_the_grace_and_no_more(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var scene = new WorkerScene(world);
        var worker = scene.Work(options => options.Grace = TimeSpan.FromSeconds(10));
        var id = await scene.EnqueueAsync("work 1000");
        await scene.UntilAsync(id, JobState.Running);
        await scene.Store.ChangeAsync(ChangeKind.StopWorker, ["w1"], Token);
        await worker.Run;
        Assert.InRange(world.Elapsed.TotalSeconds, 10, 11);
        Assert.True(worker.Worker.HasCut);
        Assert.Equal(JobReasons.Interrupted, (await scene.GetAsync(id)).Reason);
    });

    [Theory, MemberData(nameof(Seeds))]
    public void A_worker_hears_what_is_asked_of_it_although_the_hint_was_lost(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var scene = new WorkerScene(world);
        var worker = scene.Work(store: new FaultyStore(scene.Store) { Hear = _ => new WakeFilter() });
        await world.Delay(10);
        await scene.Store.ChangeAsync(ChangeKind.StopWorker, ["w1"], Token);
        await worker.Run;
        Assert.InRange(world.Elapsed.TotalSeconds, 10, 15);
    });

    [Theory, MemberData(nameof(Seeds))]
    public void A_quiet_worker_that_was_taken_for_dead_claims_again_as_a_new_incarnation(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var scene = new WorkerScene(world);
        var worker = scene.Work();
        await world.Delay(1);
        await scene.Store.ChangeAsync(ChangeKind.QuietWorker, ["w1"], Token);
        var id = await scene.EnqueueAsync("work 1");
        await world.Delay(10);
        Assert.Equal(JobState.Ready, (await scene.GetAsync(id)).State);
        await scene.RescueAsync();
        await scene.UntilAsync(id, JobState.Completed);
        await worker.StopAsync();
    });
}
