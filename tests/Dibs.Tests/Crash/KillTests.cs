using System.Diagnostics;
using Dibs.Stores;
using Dibs.Tests.Support;

namespace Dibs.Tests.Crash;

/// <summary>Worker processes are killed in the middle of jobs, and others go on.</summary>
[Collection(Alone.Name)]
public sealed class KillTests
{
    private const int Kills = 20;
    private const int Resources = 24;
    private const int Backlog = 40;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Twenty_workers_killed_in_mid_job_lose_no_job_and_hold_nothing_up()
    {
        var random = new Random(RandomTrials.FirstSeed());
        await using var scene = await CrashScene.OpenAsync();
        var steady = scene.Work("steady", slots: 2);
        await scene.UntilKnownAsync(steady);
        var doomed = Enumerable.Range(1, 3).Select(n => scene.Work($"doomed-{n}", slots: 2)).ToList();
        var jobs = new List<Expected>();

        for (var kill = 1; kill <= Kills; kill++)
        {
            await FeedAsync(scene, jobs, random);
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(100, 900)), TimeProvider.System, Token);
            await Deadline.UntilAsync(() => doomed.Any(worker => worker.IsInMidJob), Patience, "a worker is in mid-job");
            var busy = doomed.Where(worker => worker.IsInMidJob).ToArray();
            var victim = busy[random.Next(busy.Length)];
            await victim.KillAsync();
            doomed.Remove(victim);
            doomed.Add(scene.Work($"doomed-{kill + 3}", slots: 2));
        }
        await scene.UntilAllAreFinalAsync();

        Assert.Equal(0, await steady.StopAsync());
        foreach (var worker in doomed)
            Assert.Equal(0, await worker.StopAsync());
        var records = await ReadAsync(scene, jobs);
        var visits = VisitsOf(scene);
        Report(records, visits);
        AssertEachEndedAsItsWorker(scene, records);
        AssertOrderAndExclusion(jobs, visits);
        AssertReservationsMovedOn(scene, jobs, records);
        await scene.AssertCleanAsync();
    }

    [Fact]
    public async Task Where_no_worker_is_left_what_it_held_moves_on_after_the_first_look_of_the_next_one()
    {
        await using var scene = await CrashScene.OpenAsync();
        await scene.EnqueueAsync(
            scene.Request("held", CrashScene.Attend, TimeSpan.FromMinutes(5), exclusive: ["r"]),
            scene.Request("next", CrashScene.Attend, TimeSpan.Zero, exclusive: ["r"]));
        var only = scene.Work("only", slots: 2);
        await scene.UntilBegunAsync("held");
        await only.KillAsync();

        var next = await scene.UntilKnownAsync(scene.Work("next", slots: 2));
        await scene.UntilAsync("next", JobState.Completed);

        var lost = await scene.GetAsync("held");
        Assert.Equal((JobState.Failed, JobReasons.WorkerLost), (lost.State, lost.Reason));
        Assert.InRange(lost.FinishedAt!.Value - next.StartedAt, CrashScene.Lease, CrashScene.MovedOnWithin);
        await scene.AssertCleanAsync();
    }

    /// <summary>Keeps enough jobs waiting, most of them for one or two resources, in either mode.</summary>
    private static async Task FeedAsync(CrashScene scene, List<Expected> jobs, Random random)
    {
        var missing = Backlog - (int)await scene.Store.CountAsync(state => !state.IsFinal());
        var added = Enumerable.Range(jobs.Count + 1, Math.Max(0, missing)).Select(n => Expected.Random($"job-{n}", random)).ToArray();
        await scene.EnqueueAsync([.. added.Select(job => scene.Request(job.Id, CrashScene.Attend, job.Length, job.Exclusive, job.Shared))]);
        jobs.AddRange(added);
    }

    private static async Task<List<JobRecord>> ReadAsync(CrashScene scene, List<Expected> jobs)
    {
        var records = (await scene.Store.GetAsync([.. jobs.Select(job => job.Id)], JobParts.Details, Token)).Select(job => job.Record).ToList();
        Assert.Equal(jobs.Select(job => job.Id), records.Select(record => record.Id));
        Assert.Equal(jobs.Count, await scene.Store.CountAsync(_ => true));
        return records;
    }

    /// <summary>When each job ran; what was cut ended at the latest when its process was dead. Fails if a job began twice.</summary>
    private static Dictionary<string, Visit> VisitsOf(CrashScene scene) => scene.Workers
        .SelectMany(worker => worker.Visits.Select(visit => visit with { Ended = visit.Ended ?? worker.DeadAt }))
        .ToDictionary(visit => visit.JobId, StringComparer.Ordinal);

    private static void Report(List<JobRecord> records, Dictionary<string, Visit> visits) => TestContext.Current.TestOutputHelper?.WriteLine(
        $"{records.Count} jobs, {visits.Count} began, {records.Count(record => record.State == JobState.Completed)} completed, {records.Count(record => record.Reason == JobReasons.WorkerLost)} lost with their workers");

    private static void AssertEachEndedAsItsWorker(CrashScene scene, List<JobRecord> records)
    {
        var killed = scene.Workers.Where(worker => worker.KilledAt is not null).ToDictionary(worker => worker.Name, StringComparer.Ordinal);
        Assert.All(killed.Values, worker => Assert.Contains(records, record => record.Worker == worker.Name && record.Reason == JobReasons.WorkerLost));
        var ended = scene.Workers.SelectMany(worker => worker.Visits).Where(visit => visit.Ended is not null).Select(visit => visit.JobId).ToHashSet(StringComparer.Ordinal);
        Assert.All(records, record =>
        {
            if (record.State == JobState.Completed)
                Assert.Contains(record.Id, ended);
            else
                Assert.Equal((JobState.Failed, JobReasons.WorkerLost, true), (record.State, record.Reason, killed.ContainsKey(record.Worker!)));
        });
    }

    /// <summary>Of two jobs in each other's way the one that was stored first has ended when the other one begins.</summary>
    private static void AssertOrderAndExclusion(List<Expected> jobs, Dictionary<string, Visit> visits)
    {
        foreach (var (earlier, later) in Conflicts(jobs))
        {
            if (visits.TryGetValue(earlier.Id, out var first) && visits.TryGetValue(later.Id, out var second))
                Assert.True(first.Ended <= second.Began, $"{earlier} ended {Stopwatch.GetElapsedTime(second.Began, first.Ended!.Value)} after the begin of {later}.");
        }
    }

    /// <summary>What a killed worker held is free in time, and in that very step the next in line has it.</summary>
    private static void AssertReservationsMovedOn(CrashScene scene, List<Expected> jobs, List<JobRecord> records)
    {
        var killedAt = scene.Workers.ToDictionary(worker => worker.Name, worker => worker.KilledAt, StringComparer.Ordinal);
        foreach (var lost in records.Where(record => record.Reason == JobReasons.WorkerLost))
            Assert.InRange(lost.FinishedAt!.Value - killedAt[lost.Worker!]!.Value, TimeSpan.Zero, CrashScene.MovedOnWithin);

        var byId = records.ToDictionary(record => record.Id, StringComparer.Ordinal);
        foreach (var (later, ahead) in Conflicts(jobs).ToLookup(pair => pair.Later.Id, pair => byId[pair.Earlier.Id].FinishedAt!.Value).Select(pairs => (byId[pairs.Key], pairs)))
        {
            var free = ahead.Append(later.AdmittedAt!.Value).Max();
            Assert.True(later.ReadyAt - free < TimeSpan.FromSeconds(1), $"'{later.Id}' could run at {free:O} and was ready at {later.ReadyAt:O}.");
        }
    }

    private static IEnumerable<(Expected Earlier, Expected Later)> Conflicts(List<Expected> jobs) =>
        from later in Enumerable.Range(0, jobs.Count)
        from earlier in Enumerable.Range(0, later)
        where jobs[earlier].IsInTheWayOf(jobs[later])
        select (jobs[earlier], jobs[later]);

    /// <summary>A job as it was enqueued.</summary>
    private sealed record Expected(string Id, TimeSpan Length, string[] Exclusive, string[] Shared)
    {
        public static Expected Random(string id, Random random)
        {
            var names = Enumerable.Range(0, random.Next(3)).Select(_ => $"resource-{random.Next(Resources)}").Distinct(StringComparer.Ordinal).ToArray();
            var exclusive = names.Where(_ => random.Next(3) > 0).ToArray();
            return new Expected(id, TimeSpan.FromMilliseconds(random.Next(50, 800)), exclusive, [.. names.Except(exclusive)]);
        }

        public bool IsInTheWayOf(Expected other) =>
            Exclusive.Intersect(other.Exclusive.Concat(other.Shared), StringComparer.Ordinal).Any() || Shared.Intersect(other.Exclusive, StringComparer.Ordinal).Any();

        public override string ToString() => $"'{Id}' (exclusive {string.Join(' ', Exclusive)}, shared {string.Join(' ', Shared)})";
    }
}
