using Dibs.Stores;
using Dibs.Tests.Simulation;

namespace Dibs.Tests.Workers;

/// <summary>What a worker costs that has nothing to do, and what it costs when a hint is lost.</summary>
public class IdleTests
{
    private static readonly WakeFilter Nothing = new();

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 10)];

    [Theory, MemberData(nameof(Seeds))]
    public void An_idle_worker_costs_the_store_at_most_one_and_a_half_steps_a_second(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var scene = new WorkerScene(world);
        await scene.EnqueueAsync("work 1", delay: 7200);
        var steps = 0;
        var line = new FaultyStore(scene.Store)
        {
            Fault = (_, step) =>
            {
                steps++;
                return step();
            },
        };
        var worker = scene.Work(store: line);
        await world.Delay(10);
        steps = 0;
        await world.Delay(600);
        Assert.InRange(steps / 600.0, 1.2, 1.4);
        await worker.StopAsync();
    });

    [Theory, MemberData(nameof(Seeds))]
    public void A_lost_hint_of_a_ready_job_costs_a_poll(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var scene = new WorkerScene(world);
        var worker = scene.Work(store: new FaultyStore(scene.Store) { Hear = _ => Nothing });
        await world.Delay(20.4);
        var job = await scene.UntilAsync(await scene.EnqueueAsync("work 1"), JobState.Completed);
        Assert.InRange((job.StartedAt - job.CreatedAt)!.Value.TotalSeconds, 0, 1.1);
        await worker.StopAsync();
    });

    [Theory, MemberData(nameof(Seeds))]
    public void A_lost_hint_of_a_scheduled_job_costs_a_poll(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var scene = new WorkerScene(world);
        var worker = scene.Work(store: new FaultyStore(scene.Store) { Hear = _ => Nothing });
        await world.Delay(20.4);
        var job = await scene.UntilAsync(await scene.EnqueueAsync("work 1", delay: 2), JobState.Completed);
        Assert.InRange((job.AdmittedAt - job.RunAt)!.Value.TotalSeconds, 0, 1.1);
        Assert.InRange((job.StartedAt - job.RunAt)!.Value.TotalSeconds, 0, 2.2);
        await worker.StopAsync();
    });

    [Theory, MemberData(nameof(Seeds))]
    public void A_full_worker_admits_a_due_job_although_the_hint_was_lost(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var scene = new WorkerScene(world);
        var worker = scene.Work(options => options.Slots = 1, new FaultyStore(scene.Store) { Hear = _ => Nothing });
        var running = await scene.EnqueueAsync("work 60");
        await scene.UntilAsync(running, JobState.Running);
        var due = await scene.EnqueueAsync("work 1", delay: 2);
        var job = await scene.UntilAsync(due, JobState.Ready);
        Assert.InRange((job.AdmittedAt - job.RunAt)!.Value.TotalSeconds, 0, 1.2);
        await worker.StopAsync();
    });

    [Theory, MemberData(nameof(Seeds))]
    public void Hints_of_queues_are_asked_for_in_the_name_of_the_incarnation_and_anew_when_it_changes(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var scene = new WorkerScene(world);
        var heard = new List<WakeFilter>();
        var line = new FaultyStore(scene.Store)
        {
            Hear = filter =>
            {
                heard.Add(filter);
                return filter;
            },
        };
        var worker = scene.Work(options => options.Queues = ["mail", "default"], line);
        await world.Delay(5);
        await scene.RescueAsync();
        await world.Delay(10);
        var known = (await scene.Store.SurveyAsync(SurveyParts.Workers, TestContext.Current.CancellationToken)).Workers.Single();
        Assert.Equal(
            ["w1-i: mail default", $"{known.Registration.Incarnation}: mail default"],
            heard.Where(filter => filter.Queues.Count > 0).Select(filter => $"{filter.Incarnation}: {string.Join(' ', filter.Queues)}"));
        await worker.StopAsync();
    });
}
