using Dibs.Tests.Simulation;
using Dibs.Workers;

namespace Dibs.Tests.Workers;

/// <summary>What a worker tells those who watch over its process.</summary>
public class AnnouncerTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void It_is_ready_beats_in_time_and_drains(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var diary = new Diary(world);
        var scene = new WorkerScene(world);
        var worker = scene.Work(observers: [diary]);
        await scene.UntilAsync(await scene.EnqueueAsync("work 100"), JobState.Running);
        await world.Delay(60);
        Assert.Equal(("ready", 0, WorkerPhase.Ready), diary.Entries[0]);
        Assert.InRange(diary.LongestSilence, TimeSpan.Zero, Rescuer.LookIntervalOf(Lease));
        Assert.Equal(("beat", 1, WorkerPhase.Ready), diary.Entries[^1]);
        await worker.StopAsync();
        Assert.Single(diary.Entries, entry => entry.Call == "drain");
        Assert.Contains(("beat", 1, WorkerPhase.Draining), diary.Entries);
        Assert.True(world.Elapsed >= TimeSpan.FromSeconds(100), "It let its job end.");
    });

    [Fact]
    public void It_beats_while_the_store_is_away_and_not_while_a_heartbeat_hangs() => SimulatedWorld.Run(seed: 1, async world =>
    {
        var diary = new Diary(world);
        var scene = new WorkerScene(world);
        var line = new FaultyStore(scene.Store);
        var worker = scene.Work(store: line, observers: [diary]);
        await world.Delay(10);
        line.Cut();
        await world.Delay(60);
        Assert.InRange(diary.LongestSilence, TimeSpan.Zero, Rescuer.LookIntervalOf(Lease));
        Assert.Equal(("beat", 0, WorkerPhase.StoreLost), diary.Entries[^1]);

        var answer = new TaskCompletionSource();
        line.Fault = async (name, step) =>
        {
            if (name == "heartbeat")
                await answer.Task;
            await step();
        };
        await world.Delay(10);
        var before = diary.Entries.Count;
        await world.Delay(300);
        Assert.Equal(before, diary.Entries.Count);

        line.Mend();
        answer.SetResult();
        await world.Delay(10);
        Assert.Equal(("beat", 0, WorkerPhase.Ready), diary.Entries[^1]);
        await worker.StopAsync();
    });

    private sealed class Diary(SimulatedWorld world) : IWorkerObserver
    {
        private TimeSpan _last;

        public List<(string Call, int Busy, WorkerPhase Phase)> Entries { get; } = [];

        public TimeSpan LongestSilence { get; private set; }

        public void Ready(WorkerStatus status) => Add("ready", status);
        public void Beat(WorkerStatus status) => Add("beat", status);
        public void Drain(WorkerStatus status, TimeSpan atMost) => Add("drain", status);

        private void Add(string call, WorkerStatus status)
        {
            Entries.Add((call, status.Busy, status.Phase));
            if (world.Elapsed - _last > LongestSilence)
                LongestSilence = world.Elapsed - _last;
            _last = world.Elapsed;
        }
    }
}
