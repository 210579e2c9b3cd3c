using Dibs.Stores;
using Dibs.Tests.Support;
using static Dibs.Tests.Support.SampleJobs;

namespace Dibs.Tests.Conformance;

public abstract partial class StoreConformance
{
    [Fact]
    public async Task A_heartbeat_raises_the_beat()
    {
        var worker = await WorkerAsync();
        Time.Advance(TimeSpan.FromSeconds(5));
        Assert.True((await worker.BeatAsync()).Known);
        Time.Advance(TimeSpan.FromSeconds(5));
        await worker.BeatAsync();

        var seen = Assert.Single((await Store.SurveyAsync(SurveyParts.Workers, Token)).Workers);
        Assert.Equal((2L, Start, Start.AddSeconds(10)), (seen.Beat, seen.StartedAt, seen.BeatAt));
    }

    [Fact]
    public async Task A_heartbeat_of_an_unknown_incarnation_says_so_and_that_it_lost_everything()
    {
        await EnqueueAsync(Job("a"));
        var claim = await (await WorkerAsync()).ClaimAsync();
        var stranger = TestWorker.Unregistered(Store, TestWorker.RegistrationOf("stranger"));

        var reply = await stranger.BeatAsync(claim);

        Assert.False(reply.Known);
        Assert.Equal([claim.Key], reply.Lost);
        await AssertStatesAsync(JobState.Running, "a");
    }

    [Fact]
    public async Task A_heartbeat_tells_which_attempts_were_asked_to_stop()
    {
        await EnqueueAsync(Job("a"), Job("b"));
        var worker = await WorkerAsync();
        var claims = await worker.ClaimAsync(2);
        await CancelAsync("b");

        var reply = await worker.BeatAsync(claims);

        Assert.Equal([claims[1].Key], reply.Canceling);
        Assert.Empty(reply.Lost);
    }

    [Fact]
    public async Task A_heartbeat_tells_which_attempts_do_not_run_any_more()
    {
        await EnqueueAsync(Job("a"), Job("b"));
        var worker = await WorkerAsync();
        var claims = await worker.ClaimAsync(2);
        await worker.SettleAsync(SettleOutcome.Returned, claims[0]);

        Assert.Equal([claims[0].Key], (await worker.BeatAsync(claims)).Lost);
    }

    [Fact]
    public async Task A_claim_that_two_heartbeats_in_a_row_do_not_name_ends_as_lost()
    {
        await EnqueueAsync(Job("a", exclusive: ["r"]), Job("b", exclusive: ["r"]));
        var worker = await WorkerAsync();
        await worker.ClaimAsync();

        await worker.BeatAsync();
        await AssertStatesAsync(JobState.Running, "a");
        await worker.BeatAsync();

        var job = await RecordAsync("a");
        Assert.Equal((JobState.Failed, JobReasons.WorkerLost), (job.State, job.Reason));
        Assert.Equal(JobReasons.WorkerLost, Assert.Single(job.Attempts!).Reason);
        await AssertStatesAsync(JobState.Ready, "b");
    }

    [Fact]
    public async Task A_claim_named_in_between_is_not_lost()
    {
        await EnqueueAsync(Job("a"));
        var worker = await WorkerAsync();
        var claim = await worker.ClaimAsync();

        await worker.BeatAsync();
        await worker.BeatAsync(claim);
        await worker.BeatAsync();

        await AssertStatesAsync(JobState.Running, "a");
    }

    [Fact]
    public async Task Heartbeats_that_do_not_count_end_no_claim()
    {
        await EnqueueAsync(Job("a"));
        var worker = await WorkerAsync();
        await worker.ClaimAsync();

        await worker.BeatAsync();
        var reply = await Store.HeartbeatAsync(new() { Incarnation = worker.Incarnation, Counts = false }, Token);
        await Store.HeartbeatAsync(new() { Incarnation = worker.Incarnation, Counts = false }, Token);
        Assert.True(reply.Known);
        await AssertStatesAsync(JobState.Running, "a");

        await worker.BeatAsync();
        await AssertStatesAsync(JobState.Failed, "a");
    }

    [Fact]
    public async Task A_canceling_claim_that_nobody_names_ends_in_canceled()
    {
        await EnqueueAsync(Job("a"));
        var worker = await WorkerAsync();
        await worker.ClaimAsync();
        await CancelAsync("a");

        await worker.BeatAsync();
        await worker.BeatAsync();

        var job = await RecordAsync("a");
        Assert.Equal((JobState.Canceled, JobReasons.Canceled), (job.State, job.Reason));
    }

    [Fact]
    public async Task A_heartbeat_does_not_touch_what_others_run()
    {
        await EnqueueAsync(Job("a"));
        var claim = await (await WorkerAsync("one")).ClaimAsync();
        var other = await WorkerAsync("two");

        await other.BeatAsync();
        await other.BeatAsync();
        Assert.Equal([claim.Key], (await other.BeatAsync(claim)).Lost);

        await AssertStatesAsync(JobState.Running, "a");
    }

    [Fact]
    public async Task A_heartbeat_shows_the_others_that_beat_longest_ago_first()
    {
        var (one, two, three) = (await WorkerAsync("one"), await WorkerAsync("two"), await WorkerAsync("three"));
        await two.BeatAsync();
        await one.BeatAsync();

        var reply = await three.BeatAsync();

        Assert.Equal(
            [new ObservedBeat(two.Incarnation, 1, two.Registration.Lease), new ObservedBeat(one.Incarnation, 1, one.Registration.Lease)],
            reply.Stalest);
        Assert.Equal([one.Incarnation, three.Incarnation], (await two.BeatAsync()).Stalest.Select(beat => beat.Incarnation));
    }

    [Fact]
    public async Task A_clock_that_steps_back_does_not_change_who_is_stalest()
    {
        var (one, two, three) = (await WorkerAsync("one"), await WorkerAsync("two"), await WorkerAsync("three"));
        Time.AdjustTime(Start.AddHours(-1));
        await one.BeatAsync();

        Assert.Equal([two.Incarnation, one.Incarnation], (await three.BeatAsync()).Stalest.Select(beat => beat.Incarnation));
    }

    [Fact]
    public async Task A_worker_that_leaves_is_forgotten_and_what_it_still_runs_is_lost()
    {
        await EnqueueAsync(Job("a", exclusive: ["r"]), Job("b", exclusive: ["r"]), Job("c"));
        var worker = await WorkerAsync();
        var claims = await worker.ClaimAsync(2);
        await CancelAsync("c");

        await worker.LeaveAsync(claims);

        var job = await RecordAsync("a");
        Assert.Equal((JobState.Failed, JobReasons.WorkerLost), (job.State, job.Reason));
        await AssertStatesAsync(JobState.Canceled, "c");
        await AssertStatesAsync(JobState.Ready, "b");
        Assert.Empty((await Store.SurveyAsync(SurveyParts.Workers, Token)).Workers);
        Assert.False((await worker.BeatAsync()).Known);
    }

    [Fact]
    public async Task A_worker_that_leaves_more_behind_than_a_step_can_end_is_told_so()
    {
        await EnqueueAsync(Many(300, id => Job(id)));
        var worker = await WorkerAsync();
        var claims = await worker.ClaimAsync(300);

        Assert.True((await worker.LeaveAsync(claims)).More);
        Assert.False((await worker.LeaveAsync(claims)).More);
    }

    [Fact]
    public async Task What_a_worker_leaves_behind_is_ended_within_the_budget_of_each_step()
    {
        var (worker, claims) = await ClaimManyWithWaitersAsync(300);

        Assert.True((await worker.LeaveAsync(claims)).More);
        Assert.Equal((Limits.UnitsPerStep, 0), (await CountAsync(JobState.Failed), await CountAsync(JobState.Ready)));
        Assert.Single((await Store.SurveyAsync(SurveyParts.Workers, Token)).Workers);

        await worker.LeaveAsync(claims);
        Assert.Equal((300, 2 * Limits.UnitsPerStep - 300), (await CountAsync(JobState.Failed), await CountAsync(JobState.Ready)));
        Assert.Empty((await Store.SurveyAsync(SurveyParts.Workers, Token)).Workers);
    }

    [Fact]
    public async Task Many_claims_that_nobody_names_are_ended_in_bounded_steps()
    {
        var (worker, _) = await ClaimManyWithWaitersAsync(300);
        await worker.BeatAsync();

        await worker.BeatAsync();
        Assert.Equal((Limits.UnitsPerStep, 0), (await CountAsync(JobState.Failed), await CountAsync(JobState.Ready)));
        await worker.BeatAsync();
        Assert.Equal((300, 2 * Limits.UnitsPerStep - 300), (await CountAsync(JobState.Failed), await CountAsync(JobState.Ready)));
    }

    [Fact]
    public async Task A_rescue_ends_the_attempts_of_a_silent_incarnation_and_forgets_it()
    {
        await EnqueueAsync(Job("a", exclusive: ["r"]), Job("b", exclusive: ["r"]), Job("c"));
        var worker = await WorkerAsync("dead");
        var claims = await worker.ClaimAsync(2);
        await CancelAsync("c");

        var reply = await Store.RescueAsync(new(worker.Incarnation, 0, worker.Registration.Lease), Token);

        Assert.Equal((false, "dead", false), (reply.Refused, reply.Name, reply.More));
        Assert.Equal(claims.Select(claim => claim.Key), reply.Ended.OrderBy(key => key.Fence));
        var job = await RecordAsync("a");
        Assert.Equal((JobState.Failed, JobReasons.WorkerLost, Start), (job.State, job.Reason, job.FinishedAt));
        await AssertStatesAsync(JobState.Canceled, "c");
        await AssertStatesAsync(JobState.Ready, "b");
        Assert.Empty((await Store.SurveyAsync(SurveyParts.Workers, Token)).Workers);
    }

    [Fact]
    public async Task A_rescue_is_refused_when_the_beat_moved()
    {
        await EnqueueAsync(Job("a"));
        var worker = await WorkerAsync();
        var claim = await worker.ClaimAsync();
        await worker.BeatAsync(claim);

        Assert.True((await Store.RescueAsync(new(worker.Incarnation, 0, worker.Registration.Lease), Token)).Refused);
        await AssertStatesAsync(JobState.Running, "a");
    }

    [Fact]
    public async Task A_rescue_of_an_unknown_incarnation_is_refused()
    {
        var worker = await WorkerAsync();
        var observed = new ObservedBeat(worker.Incarnation, 0, worker.Registration.Lease);

        Assert.False((await Store.RescueAsync(observed, Token)).Refused);
        Assert.True((await Store.RescueAsync(observed, Token)).Refused);
    }

    [Fact]
    public async Task What_a_rescued_worker_still_sends_is_refused()
    {
        await EnqueueAsync(Job("a"), Job("b"));
        var worker = await WorkerAsync();
        var claim = await worker.ClaimAsync();
        await Store.RescueAsync(new(worker.Incarnation, 0, worker.Registration.Lease), Token);

        var reply = await worker.ExchangeAsync(1, TestWorker.Ended(claim, SettleOutcome.Completed));

        Assert.False(reply.Known);
        Assert.Empty(reply.Claims);
        Assert.Equal([claim.Key], reply.Refused);
        Assert.Equal([claim.Key], (await worker.BeatAsync(claim)).Lost);
        await AssertStatesAsync(JobState.Failed, "a");
    }

    [Fact]
    public async Task A_lapse_alone_refuses_nothing()
    {
        await EnqueueAsync(Job("a"));
        var worker = await WorkerAsync();
        var claim = await worker.ClaimAsync();
        Time.Advance(TimeSpan.FromDays(1));

        Assert.Empty((await worker.CompleteAsync(claim)).Refused);
        await AssertStatesAsync(JobState.Completed, "a");
    }

    [Fact]
    public async Task A_rescue_of_many_attempts_is_spread_over_steps_with_the_same_beat()
    {
        var (worker, _) = await ClaimManyWithWaitersAsync(300);
        var observed = new ObservedBeat(worker.Incarnation, 0, worker.Registration.Lease);

        var first = await Store.RescueAsync(observed, Token);
        Assert.Equal((Limits.UnitsPerStep, true, false), (first.Ended.Count, first.More, first.Refused));
        Assert.Equal(0, await CountAsync(JobState.Ready));
        var second = await Store.RescueAsync(observed, Token);
        Assert.Equal((300 - Limits.UnitsPerStep, true, false), (second.Ended.Count, second.More, second.Refused));
        Assert.Equal((300, 2 * Limits.UnitsPerStep - 300), (await CountAsync(JobState.Failed), await CountAsync(JobState.Ready)));
        Assert.Empty((await Store.SurveyAsync(SurveyParts.Workers, Token)).Workers);
    }

    /// <summary>A worker runs so many jobs, and behind each of them another one waits, so that each end is a unit and causes one more.</summary>
    private async Task<(TestWorker Worker, IReadOnlyList<Claim> Claims)> ClaimManyWithWaitersAsync(int count)
    {
        await EnqueueAsync(Many(count, id => Job(id, exclusive: [id])));
        await EnqueueAsync(Many(count, id => Job($"after {id}", exclusive: [id])));
        var worker = await WorkerAsync();
        var claims = await worker.ClaimAsync(count);
        Assert.Equal(count, claims.Count);
        return (worker, claims);
    }
}
