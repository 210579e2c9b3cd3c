using Dibs.Tests.Simulation;

namespace Dibs.Tests.Workers;

/// <summary>Retryable jobs, whose workers end under them or are lost, in simulated time.</summary>
public class BeginningAgainTests
{
    private static readonly Reservation[] Alone = [new("r", ReservationMode.Exclusive)];

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 10)];

    [Theory, MemberData(nameof(Seeds))]
    public void A_retryable_job_that_a_drain_interrupts_runs_again_elsewhere_and_another_one_fails(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var scene = new WorkerScene(world);
        var first = scene.Work(options => options.Grace = TimeSpan.FromSeconds(5));
        var retryable = await scene.EnqueueAsync("work 30", Alone, onWorkerLost: OnWorkerLost.Retry);
        var other = await scene.EnqueueAsync("work 30");
        var next = await scene.EnqueueAsync("work 1", Alone);
        await scene.UntilAsync(other, JobState.Running);
        await scene.UntilAsync(retryable, JobState.Running);
        var second = scene.Work();
        await first.StopAsync();
        Assert.Equal(JobReasons.Interrupted, (await scene.GetAsync(other)).Reason);
        var job = await scene.UntilAsync(retryable, record => record.State.IsFinal());
        Assert.Equal((JobState.Completed, 2, "w2"), (job.State, job.Attempt!.Value, job.Worker));
        Assert.Equal([JobReasons.Interrupted, null], job.Attempts!.Select(attempt => attempt.Reason));
        Assert.True(job.StartedAt - job.Attempts![0].FinishedAt < TimeSpan.FromSeconds(1));
        Assert.True((await scene.UntilAsync(next, JobState.Completed)).StartedAt >= job.FinishedAt);
        await second.StopAsync();
    });

    [Theory, MemberData(nameof(Seeds))]
    public void Deploys_consume_nothing_however_many_there_are(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var scene = new WorkerScene(world);
        var id = await scene.EnqueueAsync("work 30", onWorkerLost: OnWorkerLost.Retry);
        for (var deploy = 0; deploy < 6; deploy++)
        {
            var worker = scene.Work(options => options.Grace = TimeSpan.FromSeconds(1));
            await scene.UntilAsync(id, JobState.Running);
            await worker.StopAsync();
        }
        var last = scene.Work();
        Assert.Equal(7, (await scene.UntilAsync(id, JobState.Completed)).Attempt);
        await last.StopAsync();
    });

    [Theory, MemberData(nameof(Seeds))]
    public void A_retryable_job_of_a_lost_worker_runs_again_within_its_lease_and_a_look(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var scene = new WorkerScene(world);
        var line = new FaultyStore(scene.Store);
        var first = scene.Work(store: line);
        var id = await scene.EnqueueAsync("stubborn 20", Alone, onWorkerLost: OnWorkerLost.Retry);
        await scene.UntilAsync(id, JobState.Running);
        var second = scene.Work();
        line.Cut();
        var cutAt = world.Elapsed;
        await scene.UntilAsync(id, record => record.Attempt == 2);
        Assert.InRange((world.Elapsed - cutAt).TotalSeconds, 25, 36);
        var job = await scene.UntilAsync(id, JobState.Completed);
        Assert.Equal(("w2", JobReasons.WorkerLost), (job.Worker, job.Attempts![0].Reason));
        line.Mend();
        await first.StopAsync();
        await second.StopAsync();
        Assert.Equal(2, (await scene.GetAsync(id)).Attempt);
    });

    [Theory, MemberData(nameof(Seeds))]
    public void A_retryable_job_whose_lease_lapsed_is_interrupted_and_begins_again(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var scene = new WorkerScene(world);
        var line = new FaultyStore(scene.Store);
        var worker = scene.Work(store: line);
        var id = await scene.EnqueueAsync("work 25", onWorkerLost: OnWorkerLost.Retry);
        await scene.UntilAsync(id, JobState.Running);
        line.Cut();
        await world.Delay(22);
        line.Mend();
        var job = await scene.UntilAsync(id, JobState.Completed);
        Assert.Equal([JobReasons.Interrupted, null], job.Attempts!.Select(attempt => attempt.Reason));
        await worker.StopAsync();
    });

    [Theory, MemberData(nameof(Seeds))]
    public void A_job_that_takes_three_workers_down_is_not_tried_on_a_fourth(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var scene = new WorkerScene(world);
        var id = await scene.EnqueueAsync("stubborn 1000", onWorkerLost: OnWorkerLost.Retry);
        var lines = new List<FaultyStore>();
        for (var n = 1; n <= Limits.Losses; n++)
        {
            lines.Add(new FaultyStore(scene.Store));
            scene.Work(options => options.Slots = 1, lines[^1]);
            var attempt = n;
            await scene.UntilAsync(id, record => record.State == JobState.Running && record.Attempt == attempt);
            // Cut for good: whatever its code does then, its worker is dead to the others.
            lines[^1].Cut();
        }
        var last = scene.Work();
        var job = await scene.UntilAsync(id, record => record.State.IsFinal());
        Assert.Equal((JobState.Failed, JobReasons.Poison, Limits.Losses), (job.State, job.Reason, job.Attempt!.Value));
        await last.StopAsync();
    });
}
