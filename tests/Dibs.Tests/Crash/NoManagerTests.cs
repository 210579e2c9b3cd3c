using Dibs.Tests.Support;

namespace Dibs.Tests.Crash;

/// <summary>What <c>docs/no-resource-manager.md</c> says: no worker is special, whatever its name.</summary>
[Collection(Alone.Name)]
public sealed class NoManagerTests
{
    private const string Manager = "resource_manager@%h";
    private const string Resource = "repository:1";

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    [InlineData(3, 0)]
    [InlineData(1, 3)]
    public async Task Any_number_of_anything_runs_jobs_that_exclude_each_other_in_their_order(int managers, int others)
    {
        await using var scene = await CrashScene.OpenAsync();
        Start(scene, managers, others);
        var ids = await EnqueueAsync(scene, 6);
        await scene.UntilAllAreFinalAsync();
        foreach (var id in ids)
            Assert.Equal(JobState.Completed, (await scene.GetAsync(id)).State);
        Assert.Equal(ids, Visits(scene).Select(visit => visit.JobId));
        AssertOneByOne(scene);
        await scene.AssertCleanAsync();
    }

    [Fact]
    public async Task With_nobody_there_jobs_wait_and_say_for_what_and_the_first_worker_of_any_name_runs_them()
    {
        await using var scene = await CrashScene.OpenAsync();
        var ids = await EnqueueAsync(scene, 2);
        var why = await scene.RunAsync("why", ids[0], "--json");
        Assert.Contains("\"kind\":\"no-worker\"", why.Out, StringComparison.Ordinal);
        scene.Work("anybody");
        await scene.UntilAsync(ids[1], JobState.Completed);
        AssertOneByOne(scene);
    }

    [Theory]
    [InlineData("resource_manager")]
    [InlineData("reserved_resource_worker")]
    public async Task Whoever_is_killed_the_others_go_on(string role)
    {
        await using var scene = await CrashScene.OpenAsync();
        Start(scene, managers: 2, others: 2);
        foreach (var worker in scene.Workers)
            await scene.UntilKnownAsync(worker);
        var free = await EnqueueAsync(scene, 8, TimeSpan.FromMilliseconds(200));
        foreach (var victim in scene.Workers.Where(worker => worker.Name.StartsWith(role, StringComparison.Ordinal)))
            await victim.KillAsync();
        await scene.UntilAllAreFinalAsync();
        var records = await Task.WhenAll(free.Select(scene.GetAsync));
        Assert.All(records, record => Assert.True(
            record.State == JobState.Completed || (record.Reason == JobReasons.WorkerLost && record.Worker!.StartsWith(role, StringComparison.Ordinal)),
            $"'{record.Id}' is {record.State} ({record.Reason}) on '{record.Worker}'"));
        Assert.Equal(JobState.Completed, records[^1].State);
        AssertOneByOne(scene);
        await scene.AssertCleanAsync();
    }

    [Fact]
    public async Task When_all_are_killed_the_first_new_one_goes_on()
    {
        await using var scene = await CrashScene.OpenAsync();
        Start(scene, managers: 1, others: 1);
        var ids = await EnqueueAsync(scene, 2, TimeSpan.FromMinutes(5));
        await scene.UntilBegunAsync(ids[0]);
        foreach (var victim in scene.Workers)
            await victim.KillAsync();
        scene.Work("anybody");
        await scene.UntilBegunAsync(ids[1]);
        Assert.Equal(JobReasons.WorkerLost, (await scene.GetAsync(ids[0])).Reason);
        AssertOneByOne(scene);
    }

    private static void Start(CrashScene scene, int managers, int others)
    {
        for (var i = 0; i < managers; i++)
            scene.Work(Manager);
        for (var i = 1; i <= others; i++)
            scene.Work($"reserved_resource_worker_{i}@%h");
    }

    private static async Task<string[]> EnqueueAsync(CrashScene scene, int count, TimeSpan length = default)
    {
        string[] ids = [.. Enumerable.Range(1, count).Select(i => $"sync-{i}")];
        await scene.EnqueueAsync([.. ids.Select(id => scene.Request(id, CrashScene.Attend, length, exclusive: [Resource]))]);
        return ids;
    }

    private static Visit[] Visits(CrashScene scene) => [.. scene.Workers.SelectMany(worker => worker.Visits.Select(visit => visit with { Ended = visit.Ended ?? worker.DeadAt })).OrderBy(visit => visit.Began)];

    private static void AssertOneByOne(CrashScene scene)
    {
        var visits = Visits(scene);
        Assert.NotEmpty(visits);
        Assert.All(visits.Zip(visits.Skip(1)), pair => Assert.True(pair.First.Ended <= pair.Second.Began, $"{pair.First} and {pair.Second}"));
    }
}
