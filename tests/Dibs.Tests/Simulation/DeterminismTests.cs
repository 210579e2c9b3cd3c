using Dibs.Stores;

namespace Dibs.Tests.Simulation;

public class DeterminismTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_same_seed_gives_the_same_trace_on_one_thread(int seed)
    {
        var first = Trace(seed);
        Assert.Equal(first, Trace(seed));
        Assert.NotEqual(first, Trace(seed + 100));
    }

    /// <summary>Two workers, jobs in each other's way, cancels, delays and a broken line.</summary>
    private static IReadOnlyList<string> Trace(int seed)
    {
        var world = new SimulatedWorld(seed);
        world.RunToEnd(async () =>
        {
            var random = new Random(seed);
            var scene = new WorkerScene(world);
            var line = new FaultyStore(scene.Store)
            {
                Fault = async (name, step) =>
                {
                    await step();
                    if (name is "exchange" or "heartbeat" && random.Next(20) == 0)
                        throw FaultyStore.Unreachable;
                },
            };
            var workers = new[] { scene.Work(store: line), scene.Work(store: line) };
            var ids = new List<string>();
            for (var i = 0; i < 40; i++)
            {
                var resource = new Reservation($"r{random.Next(4)}", random.Next(2) == 0 ? ReservationMode.Exclusive : ReservationMode.Shared);
                string[] after = ids.Count > 0 && random.Next(5) == 0 ? [ids[random.Next(ids.Count)]] : [];
                ids.Add(await scene.EnqueueAsync(random.Next(8) == 0 ? "throw" : $"work {random.Next(5)}", [resource], delay: random.Next(10), after: after));
                if (random.Next(6) == 0)
                    await scene.Store.ChangeAsync(ChangeKind.Cancel, [ids[random.Next(ids.Count)]], TestContext.Current.CancellationToken);
                await world.Delay(random.NextDouble());
            }
            foreach (var id in ids)
            {
                var job = await scene.UntilAsync(id, record => record.State.IsFinal());
                world.Note($"{id} {job.State} {job.Reason} {job.Attempt} {job.StartedAt:O}");
            }
            foreach (var worker in workers)
                await worker.StopAsync();
            Assert.Empty((await scene.Store.VerifyAsync(null, repair: false, TestContext.Current.CancellationToken)).Drifts);
        });
        return world.Trace;
    }
}
