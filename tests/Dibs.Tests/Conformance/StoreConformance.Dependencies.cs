using Dibs.Stores;
using Dibs.Tests.Support;
using static Dibs.Tests.Support.SampleJobs;

namespace Dibs.Tests.Conformance;

public abstract partial class StoreConformance
{
    [Fact]
    public async Task A_job_with_an_unfinished_dependency_has_no_ticket_and_stands_in_no_line()
    {
        await EnqueueAsync(Job("a"), Job("b", exclusive: ["r"], after: ["a"]), Job("c", exclusive: ["r"]));

        var waiting = await RecordAsync("b");
        Assert.Equal((JobState.Blocked, null, null), (waiting.State, waiting.Ticket, waiting.AdmittedAt));
        await AssertStatesAsync(JobState.Ready, "c");
        Assert.Equal(("c", 0), (Assert.Single((await ResourceAsync("r"))!.Holders).Id, (await ResourceAsync("r"))!.WaitingCount));
    }

    [Fact]
    public async Task The_end_of_the_last_dependency_admits_a_job()
    {
        await EnqueueAsync(Job("a"), Job("b"), Job("c", after: ["a", "b"]));
        var worker = await WorkerAsync();
        var claims = await worker.ClaimAsync(2);

        await worker.CompleteAsync(claims[1]);
        await AssertStatesAsync(JobState.Blocked, "c");
        Time.Advance(TimeSpan.FromSeconds(5));
        await worker.CompleteAsync(claims[0]);

        var job = await RecordAsync("c");
        Assert.Equal((JobState.Ready, 3L, Start.AddSeconds(5)), (job.State, job.Ticket, job.AdmittedAt));
    }

    [Fact]
    public async Task A_failed_dependency_cancels_the_jobs_after_it()
    {
        await EnqueueAsync(Job("a"), Job("b", after: ["a"]));
        var worker = await WorkerAsync();
        await worker.SettleAsync(SettleOutcome.Failed, await worker.ClaimAsync());

        var job = await RecordAsync("b");
        Assert.Equal((JobState.Canceled, JobReasons.Dependency, Start), (job.State, job.Reason, job.FinishedAt));
    }

    [Fact]
    public async Task A_canceled_dependency_cancels_everything_that_comes_after_it()
    {
        await EnqueueAsync(Job("a"), Job("b", after: ["a"]), Job("c", after: ["b"]), Job("d", after: ["b", "c"]), Job("other"));
        await CancelAsync("a");

        await AssertStatesAsync(JobState.Canceled, "a", "b", "c", "d");
        await AssertStatesAsync(JobState.Ready, "other");
        Assert.Equal(JobReasons.Canceled, (await RecordAsync("a")).Reason);
        Assert.Equal(JobReasons.Dependency, (await RecordAsync("d")).Reason);
    }

    [Fact]
    public async Task A_job_after_both_ends_of_a_diamond_runs_last()
    {
        await EnqueueAsync(
            Job("top"), Job("left", after: ["top"]), Job("right", after: ["top"]), Job("end", after: ["left", "right", "top"]));

        Assert.Equal(["top", "left", "right", "end"], await (await WorkerAsync()).RunAllAsync());
    }

    [Fact]
    public async Task A_dependency_that_is_completed_already_does_not_count()
    {
        await EnqueueAsync(Job("a"));
        await (await WorkerAsync()).RunAllAsync();

        Assert.Equal(JobState.Ready, Assert.Single((await EnqueueAsync(Job("b", after: ["a"]))).Jobs).State);
    }

    [Fact]
    public async Task A_dependency_that_is_broken_already_cancels_the_job_as_it_is_stored()
    {
        await EnqueueAsync(Job("a"));
        await CancelAsync("a");
        var reply = await EnqueueAsync(Job("b", exclusive: ["r"], after: ["a"]), Job("c", after: ["b"]));

        Assert.All(reply.Jobs, job => Assert.Equal((EnqueueOutcome.Stored, JobState.Canceled), (job.Outcome, job.State)));
        var job = await RecordAsync("b");
        Assert.Equal((JobReasons.Dependency, null, null, Start), (job.Reason, job.Ticket, job.AdmittedAt, job.FinishedAt));
        Assert.Null(await ResourceAsync("r"));
    }

    [Fact]
    public async Task Jobs_after_the_same_job_are_admitted_in_the_order_of_their_creation()
    {
        await EnqueueAsync(Job("a"), Job("z", after: ["a"]), Job("m", after: ["a"], priority: 0), Job("b", after: ["a"]));
        var worker = await WorkerAsync();
        await worker.CompleteAsync(await worker.ClaimAsync());

        Assert.Equal([2L, 3L, 4L], (await Store.GetAsync(["z", "m", "b"], JobParts.None, Token)).Select(job => job.Record.Ticket!.Value));
    }

    [Fact]
    public async Task A_delayed_job_waits_for_its_time_and_for_its_dependencies()
    {
        await EnqueueAsync(
            Job("a"),
            Job("early", after: ["a"], delay: TimeSpan.FromSeconds(10)),
            Job("late", after: ["a"], delay: TimeSpan.FromHours(1)));

        Time.Advance(TimeSpan.FromSeconds(10));
        await TendAsync();
        await AssertStatesAsync(JobState.Blocked, "early");
        await AssertStatesAsync(JobState.Scheduled, "late");

        await (await WorkerAsync()).RunAllAsync();
        await AssertStatesAsync(JobState.Completed, "early");
        await AssertStatesAsync(JobState.Scheduled, "late");

        Time.Advance(TimeSpan.FromHours(1));
        await TendAsync();
        await AssertStatesAsync(JobState.Ready, "late");
    }

    [Fact]
    public async Task A_scheduled_job_is_canceled_at_once_when_its_dependency_breaks()
    {
        await EnqueueAsync(Job("a"), Job("b", after: ["a"], delay: TimeSpan.FromHours(1)));
        await CancelAsync("a");

        await AssertStatesAsync(JobState.Canceled, "b");
        Assert.Null((await TendAsync()).DueIn);
    }

    [Fact]
    public async Task A_job_canceled_before_its_dependency_ends_stays_canceled()
    {
        await EnqueueAsync(Job("a"), Job("b", after: ["a"]), Job("c", after: ["a"]));
        await CancelAsync("b");
        await (await WorkerAsync()).RunAllAsync();

        await AssertStatesAsync(JobState.Canceled, "b");
        await AssertStatesAsync(JobState.Completed, "c");
    }

    [Fact]
    public async Task Six_hundred_jobs_after_one_are_admitted_in_bounded_steps()
    {
        var worker = await EnqueueManyAfterAsync("a", 600);
        var reply = await worker.CompleteAsync(await worker.ClaimAsync());

        Assert.True(reply.More);
        await AssertStatesAsync(JobState.Ready, Ids(Limits.UnitsPerStep));
        Assert.Equal(600 - Limits.UnitsPerStep, await CountAsync(JobState.Blocked));
        Assert.True((await TendAsync()).More);
        Assert.False((await TendAsync()).More);
        await AssertStatesAsync(JobState.Ready, Ids(600));
        Assert.Equal(601, (await Store.SurveyAsync(SurveyParts.Queues, Token)).Ticket);
    }

    [Fact]
    public async Task Six_hundred_jobs_after_a_broken_one_are_canceled_in_bounded_steps()
    {
        await EnqueueManyAfterAsync("a", 600);
        await EnqueueAsync(Job("after the last", after: ["j600"]));
        Assert.True((await Store.ChangeAsync(ChangeKind.Cancel, ["a"], Token)).More);

        Assert.Equal(1 + Limits.UnitsPerStep, await CountAsync(JobState.Canceled));
        await DrainAsync();
        await AssertStatesAsync(JobState.Canceled, [.. Ids(600), "after the last"]);
    }

    [Fact]
    public async Task A_job_is_not_pruned_while_jobs_after_it_are_still_to_be_told()
    {
        await EnqueueManyAfterAsync("a", 600);
        await CancelAsync("a");
        Time.Advance(TimeSpan.FromHours(1));

        var reply = await TendAsync(new(Retention.Minimum, 0));
        Assert.Single(await Store.GetAsync(["a"], JobParts.None, Token));
        Assert.True(reply.More);
        for (var step = 0; reply.More; step++)
        {
            Assert.True(step < MostDrainSteps);
            reply = await TendAsync(new(Retention.Minimum, 0));
        }

        Assert.Equal(0, await CountAsync(JobState.Blocked));
    }

    [Fact]
    public async Task A_job_that_is_pruned_before_it_is_told_keeps_nobody_else_from_being_told()
    {
        await EnqueueManyAfterAsync("a", 600);
        await CancelAsync("j600");
        Time.Advance(TimeSpan.FromMinutes(2));
        await CancelAsync("a");

        Assert.Equal(1, (await TendAsync(new(Retention.Minimum, 0))).Pruned);
        await DrainAsync();
        Assert.Equal(0, await CountAsync(JobState.Blocked));
    }

    private async Task<TestWorker> EnqueueManyAfterAsync(string id, int count)
    {
        await EnqueueAsync(Job(id));
        foreach (var part in Many(count, name => Job(name, after: [id])).Chunk(Limits.JobsPerStep))
            await EnqueueAsync(part);
        return await WorkerAsync();
    }
}
