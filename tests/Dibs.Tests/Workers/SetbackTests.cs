using Dibs.Clients;
using Dibs.Stores;
using Dibs.Stores.Memory;
using Dibs.Tests.Simulation;

namespace Dibs.Tests.Workers;

/// <summary>The store comes back empty or older than it was, in simulated time.</summary>
public class SetbackTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 10)];

    [Theory, MemberData(nameof(Seeds))]
    public void An_empty_store_is_noticed_and_nothing_is_claimed_for_one_lease(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var store = Store(world);
        var scene = new WorkerScene(world) { Store = store };
        var line = new FaultyStore(store);
        var worker = scene.Work(store: line);
        var ended = await scene.EnqueueAsync("work 1");
        await scene.UntilAsync(ended, JobState.Completed);
        var running = await scene.EnqueueAsync("work 1000");
        await scene.UntilAsync(running, JobState.Running);
        line.Cut();
        await world.Delay(5);
        store.Wipe();
        line.Mend();
        var returnedAt = world.Elapsed;
        while (!Has(world, "The store came back empty"))
            await world.Delay(0.01);
        Assert.InRange((world.Elapsed - returnedAt).TotalSeconds, 0, 1.2);
        var next = await scene.EnqueueAsync("work 1");
        await world.Delay(1);
        Assert.Empty(scene.Running);
        await scene.UntilAsync(next, JobState.Completed);
        Assert.InRange((world.Elapsed - returnedAt).TotalSeconds, 30, 34);
        Assert.Single(world.Trace, Says("The store came back"));
        Assert.Single(world.Trace, Says("claims nothing for 00:00:30"));
        Assert.Single(world.Trace, Says($"may start again: {ended} attempt 1"));
        Assert.Single(world.Trace, Says($"{running} attempt 1: the store came back older and does not know it"));
        await worker.StopAsync();
    });

    [Theory, MemberData(nameof(Seeds))]
    public void An_older_store_is_noticed_and_what_it_forgot_is_named(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var store = Store(world);
        var scene = new WorkerScene(world) { Store = store };
        var line = new FaultyStore(store);
        var worker = scene.Work(store: line);
        var before = await scene.EnqueueAsync("quiet 20");
        var kept = await scene.EnqueueAsync("work 1");
        await scene.UntilAsync(kept, JobState.Completed);
        store.Keep();
        var settled = await scene.EnqueueAsync("work 1");
        await scene.UntilAsync(settled, JobState.Completed);
        var running = await scene.EnqueueAsync("work 1000");
        await scene.UntilAsync(running, JobState.Running);
        line.Cut();
        await world.Delay(3);
        store.Restore();
        line.Mend();
        Assert.Equal(JobState.Completed, (await scene.UntilAsync(before, job => job.State.IsFinal())).State);
        await world.Delay(60);
        Assert.Single(world.Trace, Says("The store came back older"));
        Assert.Single(world.Trace, Says($"may start again: {settled} attempt 1"));
        Assert.Single(world.Trace, Says($"{running} attempt 1: the store came back older and does not know it"));
        Assert.Empty(scene.Running);
        Assert.Equal(JobState.Completed, (await scene.GetAsync(kept)).State);
        await scene.UntilAsync(await scene.EnqueueAsync("work 1"), JobState.Completed);
        Assert.Empty((await scene.Store.VerifyAsync(null, repair: false, TestContext.Current.CancellationToken)).Drifts);
        await worker.StopAsync();
    });

    [Theory, MemberData(nameof(Seeds))]
    public void What_an_older_store_believes_to_run_ends_and_what_it_believes_to_wait_runs_again(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var store = Store(world);
        var scene = new WorkerScene(world) { Store = store };
        var line = new FaultyStore(store);
        var worker = scene.Work(options => options.Slots = 1, line);
        var first = await scene.EnqueueAsync("work 2", [new Reservation("r", ReservationMode.Exclusive)]);
        var second = await scene.EnqueueAsync("work 2", [new Reservation("r", ReservationMode.Exclusive)]);
        await scene.UntilAsync(first, JobState.Running);
        store.Keep();
        await scene.UntilAsync(second, JobState.Completed);
        store.Restore();
        Assert.Equal(JobReasons.WorkerLost, (await scene.UntilAsync(first, job => job.State.IsFinal())).Reason);
        Assert.Equal(JobState.Completed, (await scene.UntilAsync(second, job => job.State.IsFinal())).State);
        Assert.Equal([first, second, second], scene.Started);
        Assert.Single(world.Trace, Says("The store came back older"));
        await worker.StopAsync();
    });

    [Theory, MemberData(nameof(Seeds))]
    public void Code_that_ignores_its_token_has_the_cancel_grace_before_the_process_ends(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var store = Store(world);
        var scene = new WorkerScene(world) { Store = store };
        scene.Work(options => (options.OnLeaseLost, options.CancelGrace) = (OnLeaseLost.Exit, TimeSpan.FromSeconds(8)));
        await scene.UntilAsync(await scene.EnqueueAsync("stubborn 1000"), JobState.Running);
        await world.Delay(10);
        store.Wipe();
        while (!Has(world, "does not know it"))
            await world.Delay(0.01);
        var stoppedAt = world.Elapsed;
        while (!world.ProcessEnded)
            await world.Delay(0.01);
        Assert.InRange((world.Elapsed - stoppedAt).TotalSeconds, 7.9, 8.1);
    });

    [Theory, MemberData(nameof(Seeds))]
    public void Claims_of_an_older_store_are_given_back(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var store = Store(world);
        var scene = new WorkerScene(world) { Store = store };
        var line = new FaultyStore(store);
        var worker = scene.Work(store: line);
        await world.Delay(5);
        // It is ready in the copy, and done by the time the copy is brought back.
        line.Cut();
        var id = await scene.EnqueueAsync("work 1");
        store.Keep();
        line.Mend();
        await scene.UntilAsync(id, JobState.Completed);
        // The next exchange claims the job that the older store takes for ready.
        line.Fault = (name, step) => name == "heartbeat" ? throw FaultyStore.Unreachable : step();
        store.Restore();
        await world.Delay(3);
        line.Mend();
        var job = await scene.UntilAsync(id, record => record.State.IsFinal());
        Assert.Equal(JobState.Completed, job.State);
        Assert.Equal(2, scene.Started.Count);
        Assert.Equal(Verdict.ReturnedReason, job.Attempts![0].Reason);
        Assert.InRange((job.StartedAt - job.CreatedAt)!.Value.TotalSeconds, 30, 36);
        await worker.StopAsync();
    });

    [Theory, MemberData(nameof(Seeds))]
    public void Answers_that_overtake_each_other_or_are_repeated_raise_no_alarm(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var random = new Random(seed);
        var scene = new WorkerScene(world);
        var line = new FaultyStore(scene.Store)
        {
            Fault = async (name, step) =>
            {
                await world.Delay(random.NextDouble());
                await step();
                await world.Delay(random.NextDouble());
                if (name == "exchange" && random.Next(4) == 0)
                    throw FaultyStore.Unreachable;
            },
        };
        var worker = scene.Work(store: line);
        var ids = new List<string>();
        for (var i = 0; i < 40; i++)
        {
            ids.Add(await scene.EnqueueAsync("quiet 0.5"));
            await world.Delay(random.NextDouble());
        }
        foreach (var id in ids)
            await scene.UntilAsync(id, record => record.State.IsFinal());
        Assert.False(Has(world, "The store came back"));
        await worker.StopAsync();
    });

    [Theory, MemberData(nameof(Seeds))]
    public void A_worker_heeds_what_a_client_of_the_same_process_has_noticed(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var scene = new WorkerScene(world);
        var witness = new StoreWitness(world.Logger);
        var worker = scene.Work(witness: witness);
        await scene.UntilAsync(await scene.EnqueueAsync("work 1"), JobState.Completed);
        await world.Delay(5);
        // As the answer to an enqueue of this process is, on a store that has not reached the worker yet.
        witness.Hear(witness.Last, default);
        var noticedAt = world.Elapsed;
        await scene.UntilAsync(await scene.EnqueueAsync("work 1"), JobState.Completed);
        Assert.InRange((world.Elapsed - noticedAt).TotalSeconds, 30, 33.5);
        await worker.StopAsync();
    });

    [Theory, MemberData(nameof(Seeds))]
    public void Whatever_an_older_store_brings_back_nothing_hangs(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var random = new Random(seed);
        var store = Store(world);
        var scene = new WorkerScene(world) { Store = store };
        var line = new FaultyStore(store);
        var workers = new[] { scene.Work(store: line), scene.Work(store: line) };
        var ids = new List<string>();
        for (var i = 0; i < 40; i++)
        {
            var resource = new Reservation($"r{random.Next(4)}", random.Next(2) == 0 ? ReservationMode.Exclusive : ReservationMode.Shared);
            string[] after = ids.Count > 0 && random.Next(5) == 0 ? [ids[random.Next(ids.Count)]] : [];
            ids.Add(await scene.EnqueueAsync($"work {random.Next(5)}", [resource], delay: random.Next(10), after: after));
            await world.Delay(random.NextDouble() / 2);
            if (i == 20)
                store.Keep();
        }
        if (random.Next(2) == 0)
        {
            line.Cut();
            await world.Delay(random.Next(60));
        }
        store.Restore();
        line.Mend();
        var known = await scene.Store.GetAsync(ids, JobParts.None, TestContext.Current.CancellationToken);
        Assert.Equal(21, known.Count);
        foreach (var job in known)
            await scene.UntilAsync(job.Record.Id, record => record.State.IsFinal());
        await scene.UntilAsync(await scene.EnqueueAsync("work 1"), JobState.Completed);
        foreach (var worker in workers)
            await worker.StopAsync();
        Assert.Empty((await scene.Store.VerifyAsync(null, repair: false, TestContext.Current.CancellationToken)).Drifts);
        Assert.True(Has(world, "The store came back older"));
    });

    private static BackedUpStore Store(SimulatedWorld world) => new(() => new MemoryJobStore("default", world.Time));

    private static Predicate<string> Says(string text) => line => line.Contains(text, StringComparison.Ordinal);

    private static bool Has(SimulatedWorld world, string text) => world.Trace.Any(line => line.Contains(text, StringComparison.Ordinal));
}
