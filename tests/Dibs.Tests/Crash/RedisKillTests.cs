using Dibs.Tests.Support;

namespace Dibs.Tests.Crash;

/// <summary>Two machines' worth of worker processes on one Redis, of which some are killed again and again, at times a whole machine.</summary>
[Collection(Alone.Name)]
public sealed class RedisKillTests
{
    [Fact]
    public Task Workers_of_two_machines_killed_at_random_lose_no_job_and_hold_nothing_up() =>
        RunAsync(jobs: 600, resources: 20, workersPerMachine: 2, kills: 4);

    [Fact, Trait("Duration", "long")]
    public Task Twenty_thousand_jobs_outlive_the_kills_of_their_workers() =>
        RunAsync(jobs: 20_000, resources: 50, workersPerMachine: 3, kills: 40, longOneIn: 200);

    private static async Task RunAsync(int jobs, int resources, int workersPerMachine, int kills, int? longOneIn = null)
    {
        var random = new Random(RandomTrials.FirstSeed());
        await using var scene = await RedisKillScene.OpenAsync(workersPerMachine);
        var guests = Enumerable.Range(1, jobs).Select(n => Guest.Random($"job-{n}", resources, isLong: n % longOneIn == 0, random)).ToArray();
        await scene.EnqueueAsync(guests);

        // At any time of the run, but never when there is nothing left to kill for.
        foreach (var done in Enumerable.Range(0, kills).Select(_ => random.Next(jobs * 9 / 10)).Order())
        {
            await scene.UntilEndedAsync(done);
            await scene.KillAsync(random);
        }
        await scene.UntilEndedAsync(jobs);

        await scene.StopAsync();
        var books = await scene.ReadAsync(guests);
        await scene.AssertCleanAsync();
        TestContext.Current.TestOutputHelper?.WriteLine($"{scene}; {books}");
    }
}
