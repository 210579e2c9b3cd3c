using Dibs.Stores;
using Dibs.Stores.Memory;
using Dibs.Tests.Simulation;

namespace Dibs.Tests.Workers;

/// <summary>
/// Clocks on walls that are moved in the middle of a run: leases, rescues and what runs must not notice. The trace of a run says what
/// happened when, by simulated time, so that equal traces mean that nothing noticed.
/// </summary>
public class ClockTests
{
    private static readonly Reservation[] Alone = [new("r", ReservationMode.Exclusive)];

    public static TheoryData<int, int> Moves => new(Enumerable.Range(1, 5).SelectMany(seed => new[] { (seed, -1), (seed, 1) }));

    [Theory, MemberData(nameof(Moves))]
    public void The_clock_of_the_workers_moved_by_an_hour_changes_nothing(int seed, int hours) =>
        Assert.Equal(Trace(seed, default, default), Trace(seed, TimeSpan.FromHours(hours), default));

    [Theory, MemberData(nameof(Moves))]
    public void The_clock_of_the_store_moved_by_an_hour_changes_nothing(int seed, int hours) =>
        Assert.Equal(Trace(seed, default, default), Trace(seed, default, TimeSpan.FromHours(hours)));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void What_is_due_is_due_by_the_clock_of_the_store_and_is_found_soon_after_it_was_moved(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var clock = new MovableClock(world.Time);
        var scene = new WorkerScene(world) { Store = new MemoryJobStore("default", clock) };
        var worker = scene.Work();
        var due = await scene.EnqueueAsync("work 1", delay: 1800);
        await world.Delay(60);
        Assert.Empty(scene.Started);
        clock.Ahead = TimeSpan.FromHours(1);
        var movedAt = world.Elapsed;
        await scene.UntilAsync(due, JobState.Completed);
        Assert.InRange((world.Elapsed - movedAt).TotalSeconds, 1, 4);
        await worker.StopAsync();
    });

    /// <summary>Long and short jobs in each other's way, a cancel, and a worker that is lost for good after the clocks were moved.</summary>
    private static IReadOnlyList<string> Trace(int seed, TimeSpan ofWorkers, TimeSpan ofStore)
    {
        var world = new SimulatedWorld(seed);
        world.RunToEnd(async () =>
        {
            var (wall, storeClock) = (new MovableClock(world.Time), new MovableClock(world.Time));
            var scene = new WorkerScene(world) { Clock = wall, Store = new MemoryJobStore("default", storeClock) };
            var line = new FaultyStore(scene.Store);
            scene.Work(options => options.Slots = 1, line);
            var ids = new List<string> { await scene.EnqueueAsync("stubborn 400", Alone, onWorkerLost: OnWorkerLost.Retry) };
            await scene.UntilAsync(ids[0], JobState.Running);
            var survivor = scene.Work();
            ids.Add(await scene.EnqueueAsync("work 120"));
            ids.Add(await scene.EnqueueAsync("work 1", Alone));
            ids.Add(await scene.EnqueueAsync("work 500"));
            await world.Delay(20);

            (wall.Ahead, storeClock.Ahead) = (ofWorkers, ofStore);
            await world.Delay(60);
            await scene.Store.ChangeAsync(ChangeKind.Cancel, [ids[3]], TestContext.Current.CancellationToken);
            line.Cut();
            ids.Add(await scene.EnqueueAsync("work 2"));
            foreach (var id in ids)
            {
                var job = await scene.UntilAsync(id, record => record.State.IsFinal());
                world.Note($"{id} {job.State} {job.Reason} {job.Attempt} {string.Join(',', job.Attempts!.Select(attempt => attempt.Reason))}");
            }
            await survivor.StopAsync();
            Assert.Empty((await scene.Store.VerifyAsync(null, repair: false, TestContext.Current.CancellationToken)).Drifts);
        });
        return world.Trace;
    }
}
