using Dibs.Stores;
using Dibs.Tests.Simulation;

namespace Dibs.Tests.Workers;

/// <summary>Leases, lost workers and lost answers, in simulated time.</summary>
public class LeaseTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 10)];

    [Theory, MemberData(nameof(Seeds))]
    public void What_a_lost_worker_ran_ends_within_its_lease_and_a_look(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var scene = new WorkerScene(world);
        var line = new FaultyStore(scene.Store);
        scene.Work(options => options.Slots = 1, line);
        var lost = await scene.EnqueueAsync("stubborn 500", [new Reservation("r", ReservationMode.Exclusive)]);
        var next = await scene.EnqueueAsync("work 1", [new Reservation("r", ReservationMode.Exclusive)]);
        await scene.UntilAsync(lost, JobState.Running);
        var second = scene.Work(options => options.Slots = 1);
        await world.Delay(10);
        line.Cut();
        var cutAt = world.Elapsed;
        var job = await scene.UntilAsync(lost, record => record.State.IsFinal());
        Assert.Equal((JobState.Failed, JobReasons.WorkerLost), (job.State, job.Reason));
        Assert.InRange((world.Elapsed - cutAt).TotalSeconds, 25, 30 + 30.0 / 8 + 0.1);
        await scene.UntilAsync(next, JobState.Completed);
        await second.StopAsync();
    });

    [Theory, MemberData(nameof(Seeds))]
    public void A_long_job_on_a_living_worker_is_never_rescued(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var scene = new WorkerScene(world);
        var first = scene.Work(options => options.Slots = 1);
        var second = scene.Work(options => options.Slots = 1);
        var id = await scene.EnqueueAsync("stubborn 300");
        var job = await scene.UntilAsync(id, record => record.State.IsFinal());
        Assert.Equal((JobState.Completed, 1), (job.State, job.Attempt!.Value));
        await first.StopAsync();
        await second.StopAsync();
    });

    [Theory, MemberData(nameof(Seeds))]
    public void A_blocked_store_lets_nobody_be_rescued(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var scene = new WorkerScene(world);
        var line = new FaultyStore(scene.Store);
        var first = scene.Work(options => options.Slots = 1, line);
        var second = scene.Work(options => options.Slots = 1, line);
        var id = await scene.EnqueueAsync("stubborn 200");
        await scene.UntilAsync(id, JobState.Running);
        var open = new TaskCompletionSource();
        line.Fault = async (_, step) =>
        {
            await open.Task;
            await step();
        };
        await world.Delay(90);
        line.Mend();
        open.SetResult();
        var job = await scene.UntilAsync(id, record => record.State.IsFinal());
        Assert.Equal(1, job.Attempt);
        Assert.NotEqual(JobReasons.WorkerLost, job.Reason);
        await first.StopAsync();
        await second.StopAsync();
    });

    [Theory, MemberData(nameof(Seeds))]
    public void At_two_thirds_of_the_lease_without_an_answer_the_token_fires_and_the_outcome_is_kept(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var scene = new WorkerScene(world);
        var line = new FaultyStore(scene.Store);
        var worker = scene.Work(store: line);
        var id = await scene.EnqueueAsync("work 1000");
        await scene.UntilAsync(id, JobState.Running);
        line.Cut();
        var cutAt = world.Elapsed;
        while (scene.Running.Count > 0)
            await world.Delay(0.1);
        Assert.InRange((world.Elapsed - cutAt).TotalSeconds, 17, 20.5);
        Assert.Equal(JobState.Running, (await scene.GetAsync(id)).State);
        line.Mend();
        var job = await scene.UntilAsync(id, record => record.State.IsFinal());
        Assert.Equal(JobReasons.Interrupted, job.Reason);
        await worker.StopAsync();
    });

    [Theory, MemberData(nameof(Seeds))]
    public void At_five_sixths_of_the_lease_the_process_ends_if_its_code_still_runs(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var scene = new WorkerScene(world);
        var line = new FaultyStore(scene.Store);
        scene.Work(options => options.OnLeaseLost = OnLeaseLost.Exit, line);
        var id = await scene.EnqueueAsync("stubborn 1000");
        await scene.UntilAsync(id, JobState.Running);
        line.Cut();
        var cutAt = world.Elapsed;
        while (!world.ProcessEnded)
            await world.Delay(0.1);
        Assert.InRange((world.Elapsed - cutAt).TotalSeconds, 22, 25.5);
    });

    [Theory, MemberData(nameof(Seeds))]
    public void The_process_ends_when_it_hears_that_others_ended_what_its_code_still_runs(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var scene = new WorkerScene(world);
        scene.Work(options => options.OnLeaseLost = OnLeaseLost.Exit);
        var id = await scene.EnqueueAsync("stubborn 1000");
        await scene.UntilAsync(id, JobState.Running);
        await scene.RescueAsync();
        var rescuedAt = world.Elapsed;
        while (!world.ProcessEnded)
            await world.Delay(0.1);
        Assert.InRange((world.Elapsed - rescuedAt).TotalSeconds, 0, 5);
        Assert.Contains(world.Trace, entry => entry.Contains("ended by others while its code runs", StringComparison.Ordinal));
    });

    [Theory, MemberData(nameof(Seeds))]
    public void In_an_app_a_lapsed_lease_is_reported_and_a_late_outcome_refused(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var scene = new WorkerScene(world);
        var line = new FaultyStore(scene.Store);
        var first = scene.Work(store: line);
        var id = await scene.EnqueueAsync("stubborn 100");
        await scene.UntilAsync(id, JobState.Running);
        var second = scene.Work();
        line.Cut();
        var job = await scene.UntilAsync(id, record => record.State.IsFinal());
        Assert.Equal(JobReasons.WorkerLost, job.Reason);
        line.Mend();
        while (scene.Running.Count > 0)
            await world.Delay(1);
        await first.StopAsync();
        await second.StopAsync();
        Assert.False(world.ProcessEnded);
        Assert.Contains(world.Trace, entry => entry.Contains("nearly lapsed; another attempt may overlap", StringComparison.Ordinal));
        Assert.Contains(world.Trace, entry => entry.Contains("its outcome was refused", StringComparison.Ordinal));
        Assert.Equal(JobReasons.WorkerLost, (await scene.GetAsync(id)).Reason);
    });

    [Theory, MemberData(nameof(Seeds))]
    public void A_lost_answer_costs_nothing_because_the_exchange_is_repeated_under_its_number(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var scene = new WorkerScene(world);
        var losing = true;
        var line = new FaultyStore(scene.Store)
        {
            Fault = async (name, step) =>
            {
                await step();
                if (name == "exchange" && (losing = !losing))
                    throw FaultyStore.Unreachable;
            },
        };
        var ids = new List<string>();
        for (var i = 0; i < 10; i++)
            ids.Add(await scene.EnqueueAsync("work 1"));
        await scene.Work(options => options.Burst = true, line).Run;
        Assert.Equal(ids.Count, scene.Started.Count);
        foreach (var id in ids)
            Assert.Equal((JobState.Completed, 1), ((await scene.GetAsync(id)).State, (await scene.GetAsync(id)).Attempt!.Value));
    });

    [Theory, MemberData(nameof(Seeds))]
    public void A_claim_whose_answer_comes_too_late_is_never_run_and_the_job_does_not_hang(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var scene = new WorkerScene(world);
        var late = true;
        var line = new FaultyStore(scene.Store)
        {
            Fault = async (name, step) =>
            {
                await step();
                if (name == "exchange" && late)
                    await world.Delay(20);
            },
        };
        var id = await scene.EnqueueAsync("work 1");
        var worker = scene.Work(store: line);
        var job = await scene.UntilAsync(id, record => record.State.IsFinal());
        Assert.Equal(JobReasons.WorkerLost, job.Reason);
        Assert.InRange(world.Elapsed.TotalSeconds, 0, 8);
        late = false;
        await world.Delay(30);
        Assert.Empty(scene.Started);
        await worker.StopAsync();
    });

    [Theory, MemberData(nameof(Seeds))]
    public void A_claim_that_was_overtaken_by_failed_heartbeats_is_given_back(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var scene = new WorkerScene(world);
        var faulty = true;
        var line = new FaultyStore(scene.Store)
        {
            Fault = async (name, step) =>
            {
                if (name == "heartbeat" && faulty)
                    throw FaultyStore.Unreachable;
                await step();
                if (name == "exchange" && faulty)
                {
                    await world.Delay(3);
                    faulty = false;
                }
            },
        };
        var id = await scene.EnqueueAsync("work 1");
        var worker = scene.Work(store: line);
        var job = await scene.UntilAsync(id, JobState.Completed);
        Assert.Single(scene.Started);
        Assert.Equal([Verdict.ReturnedReason, null], job.Attempts!.Select(attempt => attempt.Reason));
        await worker.StopAsync();
    });

    [Theory, MemberData(nameof(Seeds))]
    public void A_claim_is_not_run_if_a_heartbeat_that_was_under_way_reached_the_store_after_it(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var scene = new WorkerScene(world);
        var line = new FaultyStore(scene.Store);
        var worker = scene.Work(store: line);
        await world.Delay(10);
        var beating = new TaskCompletionSource();
        var claimed = new TaskCompletionSource();
        line.Fault = async (name, step) =>
        {
            if (name == "heartbeat" && beating.TrySetResult())
                await claimed.Task;
            await step();
            if (name == "exchange" && beating.Task.IsCompleted && claimed.TrySetResult())
                await world.Delay(4.5);
        };
        await beating.Task;
        var id = await scene.EnqueueAsync("work 1");
        var job = await scene.UntilAsync(id, record => record.State.IsFinal());
        Assert.Equal(JobReasons.WorkerLost, job.Reason);
        await world.Delay(10);
        Assert.Empty(scene.Started);
        await worker.StopAsync();
    });

    [Theory, MemberData(nameof(Seeds))]
    public void While_the_lease_lapses_nothing_is_claimed(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var scene = new WorkerScene(world);
        var line = new FaultyStore(scene.Store);
        var worker = scene.Work(store: line);
        await world.Delay(5);
        var open = new TaskCompletionSource();
        line.Fault = async (name, step) =>
        {
            if (name == "heartbeat")
                await open.Task;
            await step();
        };
        await world.Delay(23);
        var id = await scene.EnqueueAsync("work 1");
        await world.Delay(5);
        Assert.Equal(0, (await scene.GetAsync(id)).Attempt ?? 0);
        open.SetResult();
        Assert.Equal(1, (await scene.UntilAsync(id, JobState.Completed)).Attempt);
        await worker.StopAsync();
    });

    [Theory, MemberData(nameof(Seeds))]
    public void A_worker_that_was_rescued_while_cut_off_begins_again(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var scene = new WorkerScene(world);
        var line = new FaultyStore(scene.Store);
        var first = scene.Work(store: line);
        var second = scene.Work(options => options.Queues = ["other"]);
        await world.Delay(5);
        line.Cut();
        await world.Delay(60);
        Assert.Single((await scene.Store.SurveyAsync(SurveyParts.Workers, TestContext.Current.CancellationToken)).Workers);
        line.Mend();
        await scene.UntilAsync(await scene.EnqueueAsync("work 1"), JobState.Completed);
        await first.StopAsync();
        await second.StopAsync();
    });
}
