using Dibs.Stores;
using Dibs.Stores.Memory;
using Microsoft.Extensions.Time.Testing;

namespace Dibs.Tests.Model;

/// <summary>What happens rarely happens in random traces all the same: stores are compared in it too.</summary>
public class TraceReachTests
{
    private const int Trials = 60;
    private const int StepsPerTrial = 60;

    [Fact]
    public async Task Traces_reach_poison_and_jobs_that_begin_again_and_workers_that_were_asked_something()
    {
        var reached = new HashSet<string>();
        for (var seed = 1; seed <= Trials; seed++)
            await RunAsync(new Random(seed), reached);
        string[] rare = [JobReasons.Poison, "worker-lost, begun again", "interrupted, begun again", "killed, begun again", "Quiet", "Stop"];
        Assert.Empty(rare.Except(reached));
    }

    private static async Task RunAsync(Random random, HashSet<string> reached)
    {
        var time = new FakeTimeProvider();
        var state = new StoreTraceState(time.GetUtcNow());
        await using var store = new MemoryJobStore("default", time);
        for (var step = 0; step < StepsPerTrial; step++)
        {
            var call = RandomStoreOperations.Next(random).Resolve(state);
            time.AdjustTime(state.Now);
            try
            {
                call.Learn(await call.Send(store));
            }
            catch (JobConflictException)
            {
                // A stale exchange: the trace goes on.
            }
            state.Remember(call);
            await LookAsync(store, reached);
        }
    }

    private static async Task LookAsync(MemoryJobStore store, HashSet<string> reached)
    {
        var page = await store.ListAsync(new JobQuery { Limit = Limits.PageSize, Parts = JobParts.Details }, default);
        foreach (var job in page.Jobs.Select(job => job.Record))
        {
            reached.Add(job.Reason ?? "");
            foreach (var attempt in job.Attempts?.SkipLast(1) ?? [])
                reached.Add($"{attempt.Reason}, begun again");
        }
        foreach (var worker in (await store.SurveyAsync(SurveyParts.Workers, default)).Workers)
            reached.Add(worker.Asked.ToString());
    }
}
