using Dibs.Stores;
using Dibs.Tests.Simulation;

namespace Dibs.Tests.Workers;

/// <summary>Steps that are done and whose answers never come, in simulated time.</summary>
public class LostAnswerTests
{
    private const string Refused = "its outcome was refused";
    private const string Rescued = "' was lost; ";

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 10)];

    [Theory, MemberData(nameof(Seeds))]
    public void Whatever_answers_are_lost_or_late_each_job_runs_once_and_alone(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var random = new Random(seed);
        var scene = new WorkerScene(world);
        var line = new FaultyStore(scene.Store);
        var workers = new[] { scene.Work(store: line), scene.Work(store: line) };
        await world.Delay(1);
        line.Fault = async (_, step) =>
        {
            await world.Delay(random.NextDouble() / 10);
            await step();
            await world.Delay(random.NextDouble() / 10);
            if (random.Next(4) == 0)
                throw FaultyStore.Unreachable;
        };
        var ids = new List<string>();
        for (var i = 0; i < 40; i++)
            ids.Add(await scene.EnqueueAsync("work 1", [new Reservation("r", ReservationMode.Exclusive)]));
        foreach (var id in ids)
            Assert.Equal(JobState.Completed, (await scene.UntilAsync(id, record => record.State.IsFinal())).State);
        Assert.Equal(ids.Order(), scene.Started.Order());
        Assert.Equal(1, scene.MostAtOnce);
        line.Mend();
        foreach (var worker in workers)
            await worker.StopAsync();
        Assert.Empty((await scene.Store.VerifyAsync(null, repair: false, TestContext.Current.CancellationToken)).Drifts);
    });

    [Theory, MemberData(nameof(Seeds))]
    public void A_worker_that_hears_no_answer_to_its_heartbeats_stops_although_nobody_takes_it_for_dead(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var scene = new WorkerScene(world);
        var line = new FaultyStore(scene.Store);
        var deaf = scene.Work(store: line);
        var id = await scene.EnqueueAsync("work 1000");
        await scene.UntilAsync(id, JobState.Running);
        var other = scene.Work(options => options.Queues = ["other"]);
        await world.Delay(10);
        Lose(line, "heartbeat", forGood: true);
        var lostAt = world.Elapsed;
        var job = await scene.UntilAsync(id, record => record.State.IsFinal());
        Assert.Equal((JobReasons.Interrupted, 1), (job.Reason, job.Attempt!.Value));
        Assert.InRange((world.Elapsed - lostAt).TotalSeconds, 16, 21);
        await world.Delay(60);
        Assert.DoesNotContain(world.Trace, Says(Rescued));
        Assert.DoesNotContain(world.Trace, Says(Refused));
        line.Mend();
        await scene.UntilAsync(await scene.EnqueueAsync("work 1"), JobState.Completed);
        await deaf.StopAsync();
        await other.StopAsync();
    });

    [Theory, MemberData(nameof(Seeds))]
    public void A_cancel_in_an_answer_that_is_lost_is_heard_with_the_next_one(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var scene = new WorkerScene(world);
        var line = new FaultyStore(scene.Store);
        var worker = scene.Work(store: line);
        var id = await scene.EnqueueAsync("work 1000");
        await scene.UntilAsync(id, JobState.Running);
        Lose(line, "heartbeat");
        await scene.Store.ChangeAsync(ChangeKind.Cancel, [id], TestContext.Current.CancellationToken);
        var canceledAt = world.Elapsed;
        await scene.UntilAsync(id, JobState.Canceled);
        Assert.InRange((world.Elapsed - canceledAt).TotalSeconds, 0, 1);
        await worker.StopAsync();
    });

    [Theory, MemberData(nameof(Seeds))]
    public void A_rescue_whose_answer_is_lost_ended_the_attempts_once(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var scene = new WorkerScene(world);
        var (lost, deaf) = (new FaultyStore(scene.Store), new FaultyStore(scene.Store));
        scene.Work(store: lost);
        var id = await scene.EnqueueAsync("work 1000", onWorkerLost: OnWorkerLost.Retry);
        await scene.UntilAsync(id, JobState.Running);
        var rescuer = scene.Work(store: deaf);
        await world.Delay(10);
        Lose(deaf, "rescue");
        lost.Cut();
        var job = await scene.UntilAsync(id, record => record is { Attempt: 2, State: JobState.Running });
        await world.Delay(60);
        Assert.Equal(2, (await scene.GetAsync(id)).Attempt);
        Assert.Equal([JobReasons.WorkerLost, null], job.Attempts!.Select(attempt => attempt.Reason));
        await scene.Store.ChangeAsync(ChangeKind.Cancel, [id], TestContext.Current.CancellationToken);
        await scene.UntilAsync(id, JobState.Canceled);
        await rescuer.StopAsync();
    });

    [Theory, MemberData(nameof(Seeds))]
    public void A_refused_outcome_is_logged_once_however_often_it_is_sent(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var scene = new WorkerScene(world);
        var line = new FaultyStore(scene.Store);
        var first = scene.Work(store: line);
        var id = await scene.EnqueueAsync("quiet 5");
        await scene.UntilAsync(id, JobState.Running);
        var second = scene.Work();
        line.Cut();
        await scene.UntilAsync(id, record => record.State.IsFinal());
        var answers = 0;
        line.Fault = async (name, step) =>
        {
            await step();
            if (name == "exchange" && ++answers < 4)
                throw FaultyStore.Unreachable;
        };
        await world.Delay(30);
        Assert.InRange(answers, 4, int.MaxValue);
        Assert.Single(world.Trace, Says(Refused));
        Assert.Equal(JobReasons.WorkerLost, (await scene.GetAsync(id)).Reason);
        await first.StopAsync();
        await second.StopAsync();
    });

    private static Predicate<string> Says(string text) => entry => entry.Contains(text, StringComparison.Ordinal);

    /// <summary>Loses the answer to the next such step, or to all of them.</summary>
    private static void Lose(FaultyStore line, string lost, bool forGood = false) => line.Fault = async (name, step) =>
    {
        await step();
        if (name != lost)
            return;
        if (!forGood)
            line.Mend();
        throw FaultyStore.Unreachable;
    };
}
