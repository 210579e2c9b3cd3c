using Dibs.Stores;
using Dibs.Tests.Support;
using static Dibs.Tests.Support.SampleJobs;

namespace Dibs.Tests.Conformance;

public abstract partial class StoreConformance
{
    [Fact]
    public async Task An_exclusive_job_keeps_the_next_one_waiting_until_it_ends()
    {
        await EnqueueAsync(Job("a", exclusive: ["r"]), Job("b", exclusive: ["r"]));
        var worker = await WorkerAsync();
        var claim = await worker.ClaimAsync();
        Assert.Empty(await worker.ClaimIdsAsync(1));

        await worker.CompleteAsync(claim);

        await AssertStatesAsync(JobState.Ready, "b");
        Assert.Equal(["b"], await worker.ClaimIdsAsync(1));
    }

    [Fact]
    public async Task Shared_jobs_hold_a_resource_together()
    {
        await EnqueueAsync(Many(20, id => Job(id, shared: ["r"])));

        await AssertStatesAsync(JobState.Ready, Ids(20));
    }

    [Fact]
    public async Task A_capacity_lets_so_many_in_and_no_more()
    {
        await EnqueueAsync(Many(5, id => Job(id, shared: [new("r", 2)])));

        await AssertStatesAsync(JobState.Ready, Ids(2));
        await AssertStatesAsync(JobState.Blocked, "j3", "j4", "j5");
        var worker = await WorkerAsync();
        await worker.CompleteAsync(await worker.ClaimAsync());
        await AssertStatesAsync(JobState.Ready, "j2", "j3");
        await AssertStatesAsync(JobState.Blocked, "j4", "j5");
    }

    [Fact]
    public async Task An_exclusive_job_waits_for_all_shared_holders()
    {
        await EnqueueAsync(Job("s1", shared: ["r"]), Job("s2", shared: ["r"]), Job("x", exclusive: ["r"]));
        var worker = await WorkerAsync();

        await worker.CompleteAsync(await worker.ClaimAsync());
        await AssertStatesAsync(JobState.Blocked, "x");
        await worker.CompleteAsync(await worker.ClaimAsync());
        await AssertStatesAsync(JobState.Ready, "x");
    }

    [Fact]
    public async Task Nobody_overtakes_in_a_line()
    {
        await EnqueueAsync(Job("s1", shared: ["r"]), Job("x", exclusive: ["r"]), Job("s2", shared: ["r"]));

        await AssertStatesAsync(JobState.Blocked, "x", "s2");
        Assert.Equal(["s1", "x", "s2"], await (await WorkerAsync()).RunAllAsync());
    }

    [Fact]
    public async Task Priority_does_not_reorder_a_line()
    {
        await EnqueueAsync(
            Job("a", exclusive: ["r"]), Job("low", exclusive: ["r"], priority: -100), Job("high", exclusive: ["r"], priority: 100));

        Assert.Equal(["a", "low", "high"], await (await WorkerAsync()).RunAllAsync());
    }

    [Fact]
    public async Task A_job_holds_what_is_free_while_it_waits_for_the_rest()
    {
        await EnqueueAsync(Job("a", exclusive: ["x"]), Job("b", exclusive: ["x", "y"]), Job("c", exclusive: ["y"]));

        Assert.Equal([("x", false), ("y", true)], (await RecordAsync("b")).Reservations!.Select(r => (r.Resource, r.Held)));
        await AssertStatesAsync(JobState.Blocked, "b", "c");
        Assert.Equal(["a", "b", "c"], await (await WorkerAsync()).RunAllAsync());
    }

    [Fact]
    public async Task A_job_is_ready_when_the_last_of_its_resources_is_free()
    {
        await EnqueueAsync(Job("a", exclusive: ["x"]), Job("b", exclusive: ["y"]), Job("c", exclusive: ["x", "y"]));
        var worker = await WorkerAsync();
        var claims = await worker.ClaimAsync(2);

        Time.Advance(TimeSpan.FromSeconds(1));
        await worker.CompleteAsync(claims[0]);
        await AssertStatesAsync(JobState.Blocked, "c");
        Time.Advance(TimeSpan.FromSeconds(1));
        await worker.CompleteAsync(claims[1]);

        var job = await RecordAsync("c");
        Assert.Equal((JobState.Ready, Start, Start.AddSeconds(2)), (job.State, job.AdmittedAt, job.ReadyAt));
        Assert.All(job.Reservations!, reservation => Assert.True(reservation.Held));
    }

    [Fact]
    public async Task A_release_lets_in_all_shared_jobs_up_to_the_next_exclusive_one()
    {
        await EnqueueAsync(
            Job("x1", exclusive: ["r"]),
            Job("s1", shared: ["r"]),
            Job("s2", shared: ["r"]),
            Job("x2", exclusive: ["r"]),
            Job("s3", shared: ["r"]));
        var worker = await WorkerAsync();
        await worker.CompleteAsync(await worker.ClaimAsync());

        await AssertStatesAsync(JobState.Ready, "s1", "s2");
        await AssertStatesAsync(JobState.Blocked, "x2", "s3");
    }

    [Fact]
    public async Task Jobs_over_different_resources_do_not_wait_for_each_other()
    {
        await EnqueueAsync(
            Job("a", exclusive: ["repo:1"]), Job("b", exclusive: ["repo:2"]), Job("c", exclusive: ["REPO:1"]), Job("d", exclusive: ["repo:1 "]));

        await AssertStatesAsync(JobState.Ready, "a", "b", "c", "d");
    }

    [Fact]
    public async Task A_larger_capacity_lets_waiting_jobs_in()
    {
        await EnqueueAsync(Many(4, id => Job(id, shared: [new("r", 1)])));
        await EnqueueAsync(Job("more", shared: [new("r", 3)]));

        await AssertStatesAsync(JobState.Ready, "j1", "j2", "j3");
        await AssertStatesAsync(JobState.Blocked, "j4", "more");
        Assert.Equal(3, (await ResourceAsync("r"))!.Capacity);
    }

    [Fact]
    public async Task A_larger_capacity_lets_nobody_pass_an_exclusive_job()
    {
        await EnqueueAsync(Job("s1", shared: [new("r", 1)]), Job("x", exclusive: ["r"]), Job("s2", shared: [new("r", 5)]));

        await AssertStatesAsync(JobState.Blocked, "x", "s2");
    }

    [Fact]
    public async Task A_smaller_capacity_evicts_nobody_and_drains()
    {
        await EnqueueAsync(Many(3, id => Job(id, shared: ["r"])));
        await EnqueueAsync(Job("less", shared: [new("r", 1)]));
        var worker = await WorkerAsync();
        var claims = await worker.ClaimAsync(3);
        Assert.Equal(3, (await ResourceAsync("r"))!.HolderCount);

        await worker.CompleteAsync(claims[0], claims[1]);
        await AssertStatesAsync(JobState.Blocked, "less");
        await worker.CompleteAsync(claims[2]);
        await AssertStatesAsync(JobState.Ready, "less");
    }

    [Fact]
    public async Task A_capacity_stays_while_somebody_holds_or_waits_and_is_forgotten_then()
    {
        await EnqueueAsync(Job("a", shared: [new("r", 1)]), Job("b", shared: ["r"]));
        await AssertStatesAsync(JobState.Blocked, "b");
        await (await WorkerAsync()).RunAllAsync();

        Assert.Null(await ResourceAsync("r"));
        await EnqueueAsync(Job("c", shared: ["r"]), Job("d", shared: ["r"]));
        await AssertStatesAsync(JobState.Ready, "c", "d");
        Assert.Null((await ResourceAsync("r"))!.Capacity);
    }

    [Fact]
    public async Task A_capacity_is_forgotten_in_the_step_in_which_the_resource_becomes_idle()
    {
        await EnqueueAsync(Job("a", shared: [new("r", 1)]), Job("b", shared: ["r"], after: ["a"]), Job("c", shared: ["r"], after: ["a"]));
        var worker = await WorkerAsync();
        await worker.CompleteAsync(await worker.ClaimAsync());

        await AssertStatesAsync(JobState.Ready, "b", "c");
        Assert.Null((await ResourceAsync("r"))!.Capacity);
    }

    [Fact]
    public async Task A_capacity_counts_from_the_admission_of_its_job_and_not_from_its_enqueue()
    {
        await EnqueueAsync(Job("holder", shared: ["r"]), Job("later", shared: [new("r", 1)], delay: TimeSpan.FromSeconds(10)));
        await EnqueueAsync(Job("free", shared: ["r"]));
        await AssertStatesAsync(JobState.Ready, "free");

        Time.Advance(TimeSpan.FromSeconds(10));
        await TendAsync();

        await AssertStatesAsync(JobState.Blocked, "later");
        Assert.Equal(1, (await ResourceAsync("r"))!.Capacity);
    }

    [Fact]
    public async Task Nothing_is_stored_for_an_idle_resource()
    {
        await EnqueueAsync(Job("a", exclusive: ["x"], shared: ["y"]), Job("b", exclusive: ["y"]));
        await (await WorkerAsync()).RunAllAsync();

        Assert.Empty((await Store.SurveyAsync(SurveyParts.Resources, Token)).Resources);
    }

    [Fact]
    public async Task As_many_reservations_as_the_limit_allows_with_the_longest_names()
    {
        var names = Enumerable.Range(0, Limits.Reservations).Select(n => $"{n:D2}{new string('ü', (Limits.NameBytes - 2) / 2)}").ToArray();
        await EnqueueAsync(Job("a", exclusive: names), Job("b", exclusive: names));

        await AssertStatesAsync(JobState.Blocked, "b");
        Assert.Equal(["a", "b"], await (await WorkerAsync()).RunAllAsync());
    }

    [Fact]
    public async Task A_release_of_many_is_spread_over_steps_that_say_more()
    {
        await EnqueueAsync(Job("x", exclusive: ["r"]));
        await EnqueueAsync(Many(300, id => Job(id, shared: ["r"])));
        var worker = await WorkerAsync();

        var reply = await worker.CompleteAsync(await worker.ClaimAsync());
        Assert.True(reply.More);
        Assert.Equal(Limits.UnitsPerStep, await CountAsync(JobState.Ready));
        await AssertStatesAsync(JobState.Ready, Ids(Limits.UnitsPerStep));
        Assert.Equal(1, (await Store.SurveyAsync(SurveyParts.Queues, Token)).Pending);

        Assert.False((await TendAsync()).More);
        Assert.Equal(300, await CountAsync(JobState.Ready));
        Assert.Equal(0, (await Store.SurveyAsync(SurveyParts.Queues, Token)).Pending);
    }

    [Fact]
    public async Task Every_kind_of_step_works_on_what_is_pending()
    {
        await EnqueueAsync(Job("x", exclusive: ["r"]));
        foreach (var part in Many(1800, id => Job(id, shared: ["r"])).Chunk(Limits.JobsPerStep))
            await EnqueueAsync(part);
        var worker = await WorkerAsync();
        await worker.CompleteAsync(await worker.ClaimAsync());
        Assert.Equal(256, await CountAsync(JobState.Ready));

        Assert.True((await worker.BeatAsync()).More);
        Assert.Equal(512, await CountAsync(JobState.Ready));
        Assert.True((await worker.ExchangeAsync(0)).More);
        Assert.Equal(768, await CountAsync(JobState.Ready));
        Assert.True((await EnqueueAsync(Job("other"))).More);
        Assert.Equal(1025, await CountAsync(JobState.Ready));
        Assert.True((await Store.ChangeAsync(ChangeKind.Cancel, ["nobody"], Token)).More);
        Assert.Equal(1281, await CountAsync(JobState.Ready));
        Assert.True((await TendAsync()).More);
        Assert.Equal(1537, await CountAsync(JobState.Ready));
        await DrainAsync();
        Assert.Equal(1801, await CountAsync(JobState.Ready));
    }

    [Fact]
    public async Task The_answer_tells_the_state_of_a_job_after_all_that_its_step_did()
    {
        await EnqueueAsync(Job("x", exclusive: ["r"]), Job("again", shared: ["r"]));
        await CancelAsync("again");
        foreach (var part in Many(600, id => Job(id, shared: ["r"])).Chunk(Limits.JobsPerStep))
            await EnqueueAsync(part);
        var worker = await WorkerAsync();
        await worker.CompleteAsync(await worker.ClaimAsync());

        // Both join a line of which the rest is granted by the same step, or not yet.
        Assert.Equal(JobState.Blocked, Assert.Single((await EnqueueAsync(Job("late", shared: ["r"]))).Jobs).State);
        Assert.Equal(new("again~2", ChangeOutcome.Done, JobState.Ready), await RequeueAsync("again"));
        await AssertStatesAsync(JobState.Ready, "late");

        await EnqueueAsync(Job("y", exclusive: ["q"]));
        await EnqueueAsync(Many(300, id => Job(id, shared: ["q"]), "q"));
        await CancelAsync("y");
        Assert.Equal(JobState.Ready, Assert.Single((await EnqueueAsync(Job("last", shared: ["q"]))).Jobs).State);
    }

    [Fact]
    public async Task A_line_that_has_no_work_any_more_is_not_left_pending_although_its_turn_did_not_come()
    {
        await EnqueueAsync(Job("x", exclusive: ["a"]), Job("first", exclusive: ["b"]), Job("second", exclusive: ["b"]));
        await EnqueueAsync(Job("third", exclusive: ["c"]), Job("fourth", exclusive: ["c"]));
        foreach (var part in Many(600, id => Job(id, shared: ["a"])).Chunk(Limits.JobsPerStep))
            await EnqueueAsync(part);
        var worker = await WorkerAsync();
        await worker.CompleteAsync(await worker.ClaimAsync());

        Assert.True((await Store.ChangeAsync(ChangeKind.Cancel, ["third", "first", "second"], Token)).More);

        Assert.Equal(2, (await Store.SurveyAsync(SurveyParts.Queues, Token)).Pending);
        Assert.Empty(await Store.DriftsAsync());
        await DrainAsync();
    }

    [Fact]
    public async Task Lines_with_work_left_take_turns()
    {
        await EnqueueAsync(Job("both", exclusive: ["a", "b"]));
        await EnqueueAsync(Many(400, id => Job(id, shared: ["a"]), "a"));
        await EnqueueAsync(Many(200, id => Job(id, shared: ["b"]), "b"));
        var worker = await WorkerAsync();
        await worker.CompleteAsync(await worker.ClaimAsync());
        await AssertStatesAsync(JobState.Blocked, "a257", "b1");

        await TendAsync();

        await AssertStatesAsync(JobState.Ready, Ids(200, "b"));
        await AssertStatesAsync(JobState.Ready, "a312");
        await AssertStatesAsync(JobState.Blocked, "a313");
        await DrainAsync();
    }
}
