using Dibs.Stores;
using static Dibs.Tests.Support.SampleJobs;

namespace Dibs.Tests.Conformance;

/// <summary>The clock of the store is moved in the middle of a run.</summary>
public abstract partial class StoreConformance
{
    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task A_clock_moved_by_an_hour_ends_nothing_that_runs_and_refuses_no_outcome(int hours)
    {
        await EnqueueAsync(Job("a", exclusive: ["r"]), Job("b", exclusive: ["r"]));
        var (worker, other) = (await WorkerAsync(), await WorkerAsync("other", "others"));
        await worker.BeatAsync();
        var claim = await worker.ClaimAsync();

        Time.AdjustTime(Start.AddHours(hours));

        Assert.Equal([new ObservedBeat(worker.Incarnation, 1, worker.Registration.Lease)], (await other.BeatAsync()).Stalest);
        await TendAsync();
        var beat = await worker.BeatAsync(claim);
        Assert.True(beat.Known);
        Assert.Empty(beat.Lost);
        Assert.Empty((await worker.RepeatAsync()).Refused);
        Assert.Empty((await worker.CompleteAsync(claim)).Refused);
        await AssertStatesAsync(JobState.Completed, "a");
        Assert.Equal("b", (await worker.ClaimAsync()).Key.JobId);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task A_clock_moved_by_an_hour_lets_a_rescue_end_what_it_named_and_nothing_else(int hours)
    {
        await EnqueueAsync(Job("a"), Job("b"));
        var (lost, living) = (await WorkerAsync("lost"), await WorkerAsync("living"));
        await lost.ClaimAsync();
        var kept = await living.ClaimAsync();
        await living.BeatAsync(kept);

        Time.AdjustTime(Start.AddHours(hours));

        Assert.True((await living.RescueAsync(beat: 0)).Refused);
        Assert.Equal(["a"], (await lost.RescueAsync()).Ended.Select(key => key.JobId));
        await AssertStatesAsync(JobState.Running, "b");
        Assert.Empty((await living.CompleteAsync(kept)).Refused);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task A_clock_moved_by_an_hour_decides_only_what_is_due(int hours)
    {
        await EnqueueAsync(Job("due", delay: TimeSpan.FromMinutes(30)), Job("holder", exclusive: ["r"]), Job("waiter", exclusive: ["r"]));
        var worker = await WorkerAsync();
        await worker.ClaimAsync();

        Time.AdjustTime(Start.AddHours(hours));
        var tended = await TendAsync();

        Assert.Equal(hours > 0 ? (1, null) : (0, TimeSpan.FromMinutes(90)), (tended.Promoted, tended.DueIn));
        Assert.Equal(hours > 0, (await RecordAsync("due")).State == JobState.Ready);
        Assert.Equal("holder", Assert.Single(Assert.Single((await Store.WhyAsync("waiter", Token))!.Causes).Holders!).Id);
        Assert.Equal(["holder"], Assert.Single((await Store.SurveyAsync(SurveyParts.Workers, Token)).Workers).Jobs);
    }
}
