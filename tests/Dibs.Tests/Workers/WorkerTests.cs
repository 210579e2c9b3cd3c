using Dibs.Stores;
using Dibs.Tests.Simulation;

namespace Dibs.Tests.Workers;

/// <summary>The worker on the memory store, in simulated time: the seed decides what runs before what.</summary>
public class WorkerTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 10)];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Seeds))]
    public void A_ready_job_is_picked_up_at_once(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var scene = new WorkerScene(world);
        var worker = scene.Work();
        await world.Delay(5.3);
        var id = await scene.EnqueueAsync("work 1");
        var job = await scene.UntilAsync(id, JobState.Completed);
        Assert.Equal(job.CreatedAt, job.StartedAt);
        Assert.Equal("completed", job.Progress!.Single().State);
        Assert.Equal([$"made by {id}"], job.Created!);
        await worker.StopAsync();
    });

    [Theory, MemberData(nameof(Seeds))]
    public void A_job_is_settled_only_after_all_that_it_said_is_stored(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var scene = new WorkerScene(world);
        var line = new FaultyStore(scene.Store)
        {
            Fault = async (name, step) =>
            {
                if (name == "report")
                    await world.Delay(2);
                await step();
            },
        };
        var worker = scene.Work(store: line);
        // Its first report is taken at once, and is still on its way when the job ends without a word more.
        var id = await scene.EnqueueAsync("created 0.001");
        var job = await scene.UntilAsync(id, JobState.Completed);
        Assert.Equal([$"made by {id}"], job.Created!);
        await worker.StopAsync();
    });

    [Theory, MemberData(nameof(Seeds))]
    public void A_worker_runs_as_many_jobs_at_once_as_it_has_slots(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var scene = new WorkerScene(world);
        var ids = new List<string>();
        for (var i = 0; i < 20; i++)
            ids.Add(await scene.EnqueueAsync("work 1"));
        await scene.Work(options => { options.Slots = 3; options.Burst = true; }).Run;
        Assert.Equal(3, scene.MostAtOnce);
        foreach (var id in ids)
            Assert.Equal(JobState.Completed, (await scene.GetAsync(id)).State);
        Assert.InRange(world.Elapsed.TotalSeconds, 7, 7.1);
    });

    [Theory, MemberData(nameof(Seeds))]
    public void Jobs_on_one_resource_take_turns_in_order(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var scene = new WorkerScene(world);
        var ids = new List<string>();
        for (var i = 0; i < 10; i++)
            ids.Add(await scene.EnqueueAsync("work 1", [new Reservation("r", ReservationMode.Exclusive)]));
        await scene.Work(options => options.Burst = true).Run;
        Assert.Equal(ids, scene.Started);
        Assert.Equal(1, scene.MostAtOnce);
        Assert.InRange(world.Elapsed.TotalSeconds, 10, 10.1);
    });

    [Theory, MemberData(nameof(Seeds))]
    public void A_job_that_throws_fails_and_the_worker_goes_on(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var scene = new WorkerScene(world);
        var bad = await scene.EnqueueAsync("throw");
        var good = await scene.EnqueueAsync("work 1");
        await scene.Work(options => options.Burst = true).Run;
        var failed = await scene.GetAsync(bad);
        Assert.Equal((JobState.Failed, JobReasons.Threw), (failed.State, failed.Reason));
        Assert.Equal("It was told to throw.", failed.Error!.Message);
        Assert.Equal(JobState.Completed, (await scene.GetAsync(good)).State);
    });

    [Theory, MemberData(nameof(Seeds))]
    public void A_due_job_starts_on_time(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var scene = new WorkerScene(world);
        var worker = scene.Work();
        await world.Delay(3);
        var id = await scene.EnqueueAsync("work 1", delay: 10.5);
        var job = await scene.UntilAsync(id, JobState.Completed);
        Assert.Equal(job.RunAt, job.StartedAt);
        await worker.StopAsync();
    });

    [Theory, MemberData(nameof(Seeds))]
    public void Cancel_reaches_a_running_job_by_its_token_at_once(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var scene = new WorkerScene(world);
        var worker = scene.Work();
        var id = await scene.EnqueueAsync("work 1000");
        await scene.UntilAsync(id, JobState.Running);
        await scene.Store.ChangeAsync(ChangeKind.Cancel, [id], Token);
        var asked = world.Elapsed;
        var job = await scene.UntilAsync(id, JobState.Canceled);
        Assert.Equal(JobReasons.Canceled, job.Reason);
        Assert.True(world.Elapsed - asked < TimeSpan.FromMilliseconds(20));
        await worker.StopAsync();
    });

    [Theory, MemberData(nameof(Seeds))]
    public void A_job_that_ignores_its_token_keeps_its_reservations_until_it_stops(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var scene = new WorkerScene(world);
        var worker = scene.Work();
        var first = await scene.EnqueueAsync("stubborn 50", [new Reservation("r", ReservationMode.Exclusive)]);
        var next = await scene.EnqueueAsync("work 1", [new Reservation("r", ReservationMode.Exclusive)]);
        await scene.UntilAsync(first, JobState.Running);
        await scene.Store.ChangeAsync(ChangeKind.Cancel, [first], Token);
        await world.Delay(30);
        Assert.Equal(JobState.Canceling, (await scene.GetAsync(first)).State);
        Assert.Equal(JobState.Blocked, (await scene.GetAsync(next)).State);
        Assert.Equal(JobState.Canceled, (await scene.UntilAsync(first, job => job.State.IsFinal())).State);
        await scene.UntilAsync(next, JobState.Completed);
        Assert.Equal(1, scene.MostAtOnce);
        await worker.StopAsync();
    });

    [Theory, MemberData(nameof(Seeds))]
    public void A_drained_worker_lets_running_jobs_end_and_claims_nothing_more(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var scene = new WorkerScene(world);
        var worker = scene.Work(options => options.Slots = 1);
        var first = await scene.EnqueueAsync("work 20");
        var second = await scene.EnqueueAsync("work 20");
        await scene.UntilAsync(first, JobState.Running);
        await worker.StopAsync();
        Assert.Equal(JobState.Completed, (await scene.GetAsync(first)).State);
        Assert.Equal(JobState.Ready, (await scene.GetAsync(second)).State);
        Assert.False(worker.Worker.HasCut);
        Assert.Empty((await scene.Store.SurveyAsync(SurveyParts.Workers, Token)).Workers);
    });

    [Theory, MemberData(nameof(Seeds))]
    public void After_the_grace_running_jobs_are_interrupted(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var scene = new WorkerScene(world);
        var worker = scene.Work(options => options.Grace = TimeSpan.FromSeconds(10));
        var polite = await scene.EnqueueAsync("work 1000");
        var stubborn = await scene.EnqueueAsync("stubborn 1000");
        await scene.UntilAsync(stubborn, JobState.Running);
        await worker.StopAsync();
        Assert.InRange(world.Elapsed.TotalSeconds, 15, 16);
        Assert.True(worker.Worker.HasCut);
        foreach (var id in new[] { polite, stubborn })
            Assert.Equal(JobReasons.Interrupted, (await scene.GetAsync(id)).Reason);
    });

    [Theory, MemberData(nameof(Seeds))]
    public void A_second_signal_ends_the_worker_at_once(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var scene = new WorkerScene(world);
        var worker = scene.Work();
        var id = await scene.EnqueueAsync("work 1000");
        await scene.UntilAsync(id, JobState.Running);
        worker.Drain();
        await world.Delay(3);
        var asked = world.Elapsed;
        worker.Abort();
        await worker.Run;
        Assert.True(world.Elapsed - asked < TimeSpan.FromSeconds(1));
        Assert.Equal(JobReasons.Interrupted, (await scene.GetAsync(id)).Reason);
    });

    [Theory, MemberData(nameof(Seeds))]
    public void A_worker_stops_after_its_number_of_jobs(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var scene = new WorkerScene(world);
        for (var i = 0; i < 5; i++)
            await scene.EnqueueAsync("work 1");
        await scene.Work(options => options.MaxJobs = 3).Run;
        Assert.Equal(3, scene.Started.Count);
    });

    [Theory, MemberData(nameof(Seeds))]
    public void A_worker_stops_when_it_was_idle_for_long_enough(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var scene = new WorkerScene(world);
        await scene.EnqueueAsync("work 5");
        await scene.Work(options => options.MaxIdle = TimeSpan.FromSeconds(30)).Run;
        Assert.InRange(world.Elapsed.TotalSeconds, 35, 37);
    });
}
