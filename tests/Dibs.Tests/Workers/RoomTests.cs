using Dibs.Execution;
using Dibs.Stores;
using Dibs.Tests.Simulation;

namespace Dibs.Tests.Workers;

/// <summary>A worker may have more slots than what runs attempts has room for now: it claims what can begin.</summary>
public sealed class RoomTests
{
    private const int Hosts = 2;
    private const int Jobs = 20;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 20)];

    [Theory, MemberData(nameof(Seeds))]
    public void A_worker_claims_no_more_than_can_begin(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var hosts = new FewHosts(world);
        var scene = new WorkerScene(world) { Executor = hosts };
        var worker = scene.Work(options => options.Slots = 2 * Hosts);
        var ids = new List<string>();
        for (var n = 0; n < Jobs; n++)
        {
            ids.Add(await scene.EnqueueAsync("work"));
            await world.Delay(0.1 * (n % 4));
        }
        foreach (var id in ids)
            Assert.Equal(1, (await scene.UntilAsync(id, JobState.Completed)).Attempt);
        Assert.Equal((Hosts, 0), (hosts.MostAtOnce, hosts.GivenBack));
        await worker.StopAsync();
    });

    private sealed class FewHosts(SimulatedWorld world) : IJobExecutor
    {
        private int _busy;

        public int MostAtOnce { get; private set; }

        public int GivenBack { get; private set; }

        public int Room => Hosts - _busy;

        public string Describe(Claim claim) => "work";

        public async Task<Settlement> ExecuteAsync(Claim claim, JobContext context)
        {
            if (Room == 0)
            {
                GivenBack++;
                return Outcomes.Returned(claim.Key);
            }
            MostAtOnce = Math.Max(MostAtOnce, ++_busy);
            await world.Delay(0.3);
            _busy--;
            return Outcomes.Completed(claim.Key, result: null);
        }
    }
}
