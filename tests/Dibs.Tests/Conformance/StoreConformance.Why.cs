using Dibs.Tests.Support;
using static Dibs.Tests.Support.SampleJobs;

namespace Dibs.Tests.Conformance;

public abstract partial class StoreConformance
{
    [Fact]
    public async Task Why_knows_nothing_of_an_unknown_job() => Assert.Null(await Store.WhyAsync("nobody", Token));

    [Fact]
    public async Task Why_names_the_resource_its_holders_and_who_is_next()
    {
        await EnqueueAsync(Job("a", shared: ["r"]), Job("b", exclusive: ["r"]), Job("c", exclusive: ["r"]), Job("d", shared: ["r"]));
        Time.Advance(TimeSpan.FromSeconds(3));
        await (await WorkerAsync()).ClaimAsync();

        var why = await WhyAsync("d");

        Assert.Equal(("d", JobState.Blocked), (why.Id, why.State));
        var cause = Assert.Single(why.Causes);
        Assert.Equal(("reservation", "r", ReservationMode.Shared), (cause.Kind, cause.Resource, cause.Mode));
        Assert.Equal((2, 1, "b"), (cause.Ahead, cause.HolderCount, cause.Next));
        Assert.Equal([new("a", JobState.Running, "w", Start.AddSeconds(3))], cause.Holders!);
        Assert.NotEmpty(why.Summary);
    }

    [Fact]
    public async Task Why_names_every_resource_that_is_still_missing_and_no_other()
    {
        await EnqueueAsync(Job("a", exclusive: ["x"]), Job("b", exclusive: ["z"]), Job("c", exclusive: ["x", "y", "z"]));

        Assert.Equal(["x", "z"], (await WhyAsync("c")).Causes.Select(cause => cause.Resource));
    }

    [Fact]
    public async Task Why_shows_ten_holders_and_counts_all()
    {
        await EnqueueAsync(Many(12, id => Job(id, shared: ["r"])));
        await EnqueueAsync(Job("x", exclusive: ["r"]));

        var cause = Assert.Single((await WhyAsync("x")).Causes);
        Assert.Equal((Limits.HoldersShown, 12), (cause.Holders!.Count, cause.HolderCount));
        Assert.Equal(Ids(Limits.HoldersShown), cause.Holders.Select(holder => holder.Id));
    }

    [Fact]
    public async Task Why_counts_a_long_line_to_its_limit()
    {
        foreach (var part in Many(1500, id => Job(id, exclusive: ["r"])).Chunk(Limits.JobsPerStep))
            await EnqueueAsync(part);

        Assert.Equal(998, Assert.Single((await WhyAsync("j1000")).Causes).Ahead);
        Assert.Equal(Limits.AheadCounted, Assert.Single((await WhyAsync("j1500")).Causes).Ahead);
    }

    [Fact]
    public async Task Why_names_the_dependencies_that_have_not_ended()
    {
        await EnqueueAsync(Job("a"), Job("b"), Job("c", delay: TimeSpan.FromHours(1)), Job("d", after: ["a", "b", "c"]));
        var worker = await WorkerAsync();
        await worker.CompleteAsync(await worker.ClaimAsync());

        Assert.Equal(
            [("dependency", "b", JobState.Ready), ("dependency", "c", JobState.Scheduled)],
            (await WhyAsync("d")).Causes.Select(cause => (cause.Kind, cause.Id!, cause.State!.Value)));
    }

    [Fact]
    public async Task Why_names_the_time_of_a_scheduled_job()
    {
        await EnqueueAsync(Job("a", runAt: Start.AddMinutes(5)));

        var why = await WhyAsync("a");
        Assert.Equal(JobState.Scheduled, why.State);
        Assert.Equal(new WhyCause { Kind = "scheduled", RunAt = Start.AddMinutes(5) }, Assert.Single(why.Causes));
    }

    [Fact]
    public async Task Why_names_the_queue_that_no_worker_serves()
    {
        await EnqueueAsync(Job("a", queue: "q"));
        var other = await WorkerAsync("other", "other");

        var cause = Assert.Single((await WhyAsync("a")).Causes);
        Assert.Equal(("no-worker", "q"), (cause.Kind, cause.Queue));

        var serving = await WorkerAsync("w", "q");
        Assert.Equal("no-slot", Assert.Single((await WhyAsync("a")).Causes).Kind);
        await serving.LeaveAsync();
        Assert.Equal("no-worker", Assert.Single((await WhyAsync("a")).Causes).Kind);
        await other.LeaveAsync();
    }

    [Fact]
    public async Task Why_counts_the_ready_jobs_ahead_of_one_that_has_no_slot()
    {
        await EnqueueAsync(Many(3, id => Job(id, queue: "q")));
        await EnqueueAsync(Job("urgent", queue: "q", priority: 1), Job("elsewhere"));
        await WorkerAsync("w", "q");

        var cause = Assert.Single((await WhyAsync("j2")).Causes);
        Assert.Equal(("no-slot", "q", 2), (cause.Kind, cause.Queue, cause.Ahead));
    }

    [Fact]
    public async Task Why_counts_the_slots_of_those_who_serve_the_queue_and_what_takes_them()
    {
        await EnqueueAsync(Job("a"), Job("b"), Job("c"));
        var one = await TestWorker.RegisterAsync(Store, TestWorker.RegistrationOf("one") with { Slots = 1 });
        var a = await one.ClaimAsync();
        await WorkerAsync("elsewhere", "q");
        Assert.Equal(new WhyCause { Kind = "no-slot", Queue = "default", Ahead = 1, Workers = 1, Slots = 1, Free = 0 }, Assert.Single((await WhyAsync("c")).Causes));

        await Store.HeartbeatAsync(new() { Incarnation = one.Incarnation, Held = [a.Key], Overdue = ["a"] }, Token);
        var late = await WhyAsync("c");
        Assert.Equal(new WhyCause { Kind = "no-slot", Queue = "default", Ahead = 1, Workers = 1, Slots = 1, Free = 0, Overdue = 1 }, Assert.Single(late.Causes));
        Assert.Equal("It waits for a free slot on the queue 'default': the only one is taken, 1 job is ahead of it. 1 job that takes one was to stop and did not.", late.Summary);

        await TestWorker.RegisterAsync(Store, TestWorker.RegistrationOf("two") with { Slots = 3 });
        var soon = await WhyAsync("c");
        Assert.Equal((2, 4, 3), (soon.Causes[0].Workers, soon.Causes[0].Slots, soon.Causes[0].Free));
        Assert.Equal("It is about to be claimed: 3 of 4 slots on the queue 'default' are free, 1 job is ahead of it.", soon.Summary);

        await EnqueueAsync(Many(3, id => Job(id)));
        Assert.StartsWith("It waits for a free slot on the queue 'default': 3 of 4 are free, 4 jobs are ahead of it.", (await WhyAsync("j3")).Summary, StringComparison.Ordinal);

        Time.Advance(TimeSpan.FromSeconds(15));
        Assert.EndsWith("That takes a second at most, and has taken 15 s: the log of its 2 workers says what keeps them.", (await WhyAsync("c")).Summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Why_names_the_worker_that_served_the_queue_and_is_not_heard_of()
    {
        await EnqueueAsync(Job("a", exclusive: ["r"]), Job("b", exclusive: ["r"]));
        await WorkerAsync("older");
        Time.Advance(TimeSpan.FromSeconds(1));
        // Of two that were heard of at the same instant the first by name.
        await WorkerAsync("dead too");
        await WorkerAsync("dead");
        Time.Advance(TimeSpan.FromSeconds(40));

        var why = await WhyAsync("a");
        Assert.Equal(new WhyCause { Kind = "no-worker", Queue = "default", Worker = "dead", Since = Start.AddSeconds(1) }, Assert.Single(why.Causes));
        Assert.Equal("No live worker serves the queue 'default': 'dead' did, and was last heard of 40 s ago.", why.Summary);
        Assert.EndsWith(" 'a' is ready, and no live worker serves the queue 'default': 'dead' did, and was last heard of 40 s ago.", (await WhyAsync("b")).Summary, StringComparison.Ordinal);

        await WorkerAsync("live");
        Assert.Equal(("no-slot", 1), (Assert.Single((await WhyAsync("a")).Causes).Kind, Assert.Single((await WhyAsync("a")).Causes).Workers));
    }

    [Fact]
    public async Task Why_tells_that_the_worker_of_a_running_job_is_not_heard_of()
    {
        await EnqueueAsync(Job("a", exclusive: ["r"]), Job("b", exclusive: ["r"]));
        await (await WorkerAsync()).ClaimAsync();
        Time.Advance(TimeSpan.FromSeconds(20));
        Assert.Empty((await WhyAsync("a")).Causes);
        Time.Advance(TimeSpan.FromSeconds(20));

        var why = await WhyAsync("a");
        Assert.Equal(new WhyCause { Kind = "missing", Worker = "w", Since = Start }, Assert.Single(why.Causes));
        Assert.StartsWith("It was running on worker 'w', which was last heard of 40 s ago;", why.Summary, StringComparison.Ordinal);
        Assert.Contains("'a' was running on worker 'w', which was last heard of 40 s ago;", (await WhyAsync("b")).Summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Why_tells_since_when_a_job_is_being_canceled()
    {
        await EnqueueAsync(Job("a"));
        await (await WorkerAsync()).ClaimAsync();
        Time.Advance(TimeSpan.FromSeconds(4));
        await CancelAsync("a");
        Time.Advance(TimeSpan.FromSeconds(4));

        var cause = Assert.Single((await WhyAsync("a")).Causes);
        Assert.Equal(("canceling", Start.AddSeconds(4)), (cause.Kind, cause.Since));
    }

    [Theory]
    [InlineData(Isolation.None, "Sample.Run", true)]
    [InlineData(Isolation.None, null, null)]
    [InlineData(Isolation.Process, "Sample.Run", null)]
    public async Task Why_tells_whether_a_job_that_was_asked_to_stop_can_be_killed(Isolation isolation, string? method, bool? unkillable)
    {
        await EnqueueAsync(Job("a", exclusive: ["r"], method: method), Job("b", exclusive: ["r"]));
        var mail = await TestWorker.RegisterAsync(Store, TestWorker.RegistrationOf("mail") with { Isolation = isolation });
        var claim = await mail.ClaimAsync();
        await CancelAsync("a");
        Time.Advance(TimeSpan.FromSeconds(40));
        await mail.BeatAsync(claim);

        var why = await WhyAsync("a");
        Assert.Equal(new WhyCause { Kind = "canceling", Since = Start, Worker = "mail", Unkillable = unkillable }, Assert.Single(why.Causes));
        Assert.StartsWith("It was asked to stop 40 s ago and still runs on worker 'mail'", why.Summary, StringComparison.Ordinal);
        Assert.Equal(unkillable == true, why.Summary.Contains("its slot there stays taken", StringComparison.Ordinal));
        Assert.Contains("'a' was asked to stop 40 s ago and still runs on worker 'mail'", (await WhyAsync("b")).Summary, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Isolation.None, true)]
    [InlineData(Isolation.Process, null)]
    public async Task Why_tells_that_a_job_runs_although_its_time_out_has_passed(Isolation isolation, bool? unkillable)
    {
        await EnqueueAsync(Job("a", content: """{"timeout":10}"""));
        Time.Advance(TimeSpan.FromSeconds(1));
        var mail = await TestWorker.RegisterAsync(Store, TestWorker.RegistrationOf("mail") with { Isolation = isolation });
        var claim = await mail.ClaimAsync();
        Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Empty((await WhyAsync("a")).Causes);
        Time.Advance(TimeSpan.FromMinutes(3));
        await mail.BeatAsync(claim);

        var why = await WhyAsync("a");
        Assert.Equal(new WhyCause { Kind = "timeout", Since = Start.AddSeconds(11), Worker = "mail", Unkillable = unkillable }, Assert.Single(why.Causes));
        Assert.StartsWith("It ran out of its time 3 min ago and still runs on worker 'mail'", why.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Why_tells_that_a_line_is_advancing()
    {
        await EnqueueAsync(Job("x", exclusive: ["r"]));
        await EnqueueAsync(Many(300, id => Job(id, shared: ["r"])));
        await CancelAsync("x");

        Assert.Contains((await WhyAsync($"j{Limits.UnitsPerStep + 1}")).Causes, cause => cause.Kind == "advancing");
        await DrainAsync();
    }

    [Fact]
    public async Task Why_has_no_cause_for_a_job_that_runs_or_ended()
    {
        await EnqueueAsync(Job("a"));
        var worker = await WorkerAsync();
        var claim = await worker.ClaimAsync();
        var running = await WhyAsync("a");
        await worker.CompleteAsync(claim);
        var ended = await WhyAsync("a");

        Assert.Equal((JobState.Running, 0), (running.State, running.Causes.Count));
        Assert.Equal((JobState.Completed, 0), (ended.State, ended.Causes.Count));
        Assert.NotEmpty(running.Summary);
        Assert.NotEmpty(ended.Summary);
    }

    [Fact]
    public async Task The_chain_leads_to_the_job_at_the_root_of_the_wait()
    {
        await EnqueueAsync(
            Job("root", exclusive: ["x"]), Job("b", exclusive: ["x", "y"]), Job("c", exclusive: ["y"]), Job("d", after: ["c"]));
        await (await WorkerAsync()).ClaimAsync();

        var why = await WhyAsync("d");
        Assert.Equal(["d", "c", "b", "root"], why.Chain);
        Assert.Null(why.Truncated);
    }

    [Fact]
    public async Task A_chain_ends_at_its_limit_and_says_so()
    {
        const int Length = 100;
        await EnqueueAsync([Job("j1"), .. Enumerable.Range(2, Length - 1).Select(n => Job($"j{n}", after: [$"j{n - 1}"]))]);

        var why = await WhyAsync($"j{Length}");
        Assert.True(why.Truncated);
        Assert.InRange(why.Chain.Count, Limits.ChainHops, Limits.ChainHops + 1);
        Assert.Equal(Enumerable.Range(0, why.Chain.Count).Select(n => $"j{Length - n}"), why.Chain);
    }

    private async Task<WhyRecord> WhyAsync(string id)
    {
        var why = await Store.WhyAsync(id, Token);
        Assert.NotNull(why);
        return why;
    }
}
