using Dibs.Tests.Support;

namespace Dibs.Tests.Crash;

/// <summary>A deploy: the workers are replaced one after the other while they work.</summary>
[Collection(Alone.Name)]
public sealed class RollingRestartTests
{
    private const int Workers = 3;
    private const int Jobs = 150;
    private const int Resources = 8;

    [Fact]
    public async Task Workers_replaced_one_after_the_other_under_load_fail_no_job_and_run_none_twice()
    {
        var random = new Random(RandomTrials.FirstSeed());
        await using var scene = await CrashScene.OpenAsync();
        var ids = Enumerable.Range(1, Jobs).Select(n => $"job-{n}").ToArray();
        await scene.EnqueueAsync([.. ids.Select(id =>
            scene.Request(id, CrashScene.Attend, TimeSpan.FromMilliseconds(random.Next(100, 600)), exclusive: [$"resource-{random.Next(Resources)}"]))]);
        var old = Enumerable.Range(1, Workers).Select(n => scene.Work($"worker-{n}", slots: 2)).ToArray();
        foreach (var worker in old)
            await scene.UntilKnownAsync(worker);
        var young = new List<CrashWorker>();
        foreach (var worker in old)
        {
            await Deadline.UntilAsync(() => worker.IsInMidJob, TimeSpan.FromSeconds(60), $"'{worker.Name}' is in mid-job");
            young.Add(scene.Work(worker.Name, slots: 2));
            Assert.Equal(0, await worker.StopAsync());
            Assert.False(worker.IsInMidJob);
        }
        await scene.UntilAllAreFinalAsync();

        foreach (var id in ids)
        {
            var job = await scene.GetAsync(id);
            Assert.Equal((JobState.Completed, null), (job.State, job.Reason));
        }
        Assert.Equal(ids.Order(StringComparer.Ordinal), scene.Workers.SelectMany(worker => worker.Visits).Select(visit => visit.JobId).Order(StringComparer.Ordinal));
        foreach (var worker in young)
            Assert.Equal(0, await worker.StopAsync());
        await scene.AssertCleanAsync();
    }
}
