using System.Text;
using Dibs.Stores;
using static Dibs.Tests.Support.SampleJobs;

namespace Dibs.Tests.Conformance;

public abstract partial class StoreConformance
{
    [Fact]
    public async Task A_job_that_needs_nothing_is_ready_in_the_step_that_stores_it()
    {
        var reply = await EnqueueAsync(Job("a"));

        Assert.Equal(new Enqueued("a", EnqueueOutcome.Stored, JobState.Ready), Assert.Single(reply.Jobs));
        Assert.False(reply.More);
        var job = await RecordAsync("a");
        Assert.Equal((JobState.Ready, 1L, Start, Start, Start), (job.State, job.Ticket, job.CreatedAt, job.AdmittedAt, job.ReadyAt));
        Assert.Null(job.Attempt);
    }

    [Fact]
    public async Task What_was_given_comes_back_as_it_was()
    {
        await EnqueueAsync(Job("first"), Job(
            "a",
            exclusive: ["x"],
            shared: [new("y", 5), "z"],
            after: ["first"],
            queue: "reports",
            priority: -7,
            runAt: Start.AddHours(1),
            method: "Reports.BuildAsync",
            content: """{"args":[42,"ü"]}""",
            labels: new Dictionary<string, string> { ["tenant"] = "7" },
            parent: "first"));

        var (record, content) = (await RecordAsync("a"), (await StoredAsync("a")).Content);
        Assert.Equal("""{"args":[42,"ü"]}""", Encoding.UTF8.GetString(content!.Value.Span));
        Assert.Equal(
            ("a", "default", "reports", -7, "Reports.BuildAsync", "first", Start.AddHours(1)),
            (record.Id, record.Namespace, record.Queue, record.Priority, record.Method, record.Parent, record.RunAt));
        Assert.Equal(["first"], record.After!);
        Assert.Equal("7", record.Labels!["tenant"]);
        Assert.Equal(
            [
                new("x", ReservationMode.Exclusive, null, Held: false),
                new("y", ReservationMode.Shared, 5, Held: false),
                new("z", ReservationMode.Shared, null, Held: false),
            ],
            record.Reservations!);
    }

    [Fact]
    public async Task A_command_has_no_method()
    {
        await EnqueueAsync(Job("a", method: null, content: """{"command":["true"]}"""));
        var worker = await WorkerAsync();

        Assert.Null((await RecordAsync("a")).Method);
        Assert.Null((await worker.ClaimAsync()).Method);
    }

    [Fact]
    public async Task Tickets_follow_the_order_of_the_call()
    {
        await EnqueueAsync(Many(3, id => Job(id)));
        await EnqueueAsync(Job("last"));

        var jobs = await Store.GetAsync([.. Ids(3), "last"], JobParts.None, Token);
        Assert.Equal([1L, 2L, 3L, 4L], jobs.Select(job => job.Record.Ticket!.Value));
    }

    [Fact]
    public async Task The_same_content_under_the_same_id_is_one_job()
    {
        await EnqueueAsync(Job("a"), Job("b"));
        var reply = await EnqueueAsync(Job("b"), Job("a"), Job("c"));

        Assert.Equal(
            [
                new("b", EnqueueOutcome.Existed, JobState.Ready),
                new("a", EnqueueOutcome.Existed, JobState.Ready),
                new("c", EnqueueOutcome.Stored, JobState.Ready),
            ],
            reply.Jobs);
        Assert.Equal(3, await CountAsync(JobState.Ready));
        Assert.Equal(3, (await Store.SurveyAsync(SurveyParts.Queues, Token)).Ticket);
    }

    [Fact]
    public async Task A_repeated_enqueue_tells_the_state_of_the_job_now()
    {
        await EnqueueAsync(Job("a"));
        var worker = await WorkerAsync();
        await worker.CompleteAsync(await worker.ClaimAsync());

        Assert.Equal(new("a", EnqueueOutcome.Existed, JobState.Completed), Assert.Single((await EnqueueAsync(Job("a"))).Jobs));
        await AssertStatesAsync(JobState.Completed, "a");
    }

    [Fact]
    public async Task The_same_job_twice_in_one_call_is_one_job()
    {
        var reply = await EnqueueAsync(Job("a"), Job("a"));

        Assert.Equal([EnqueueOutcome.Stored, EnqueueOutcome.Existed], reply.Jobs.Select(job => job.Outcome));
        Assert.Equal(1, await CountAsync(JobState.Ready));
    }

    [Fact]
    public async Task Other_content_under_a_taken_id_refuses_the_whole_call()
    {
        await EnqueueAsync(Job("a"));
        var reply = await EnqueueAsync(Job("b"), Job("a", content: """{"args":[1]}"""), Job("c"));

        Assert.Equal([EnqueueOutcome.NotStored, EnqueueOutcome.IdConflict, EnqueueOutcome.NotStored], reply.Jobs.Select(job => job.Outcome));
        Assert.Empty(await Store.GetAsync(["b", "c"], JobParts.None, Token));
        Assert.Equal(1, (await Store.SurveyAsync(SurveyParts.Queues, Token)).Ticket);
    }

    [Fact]
    public async Task Two_contents_under_one_id_in_one_call_refuse_it()
    {
        var reply = await EnqueueAsync(Job("a"), Job("a", content: """{"args":[1]}"""));

        Assert.Equal([EnqueueOutcome.NotStored, EnqueueOutcome.IdConflict], reply.Jobs.Select(job => job.Outcome));
        Assert.Empty(await Store.GetAsync(["a"], JobParts.None, Token));
    }

    [Fact]
    public async Task An_unknown_dependency_refuses_the_whole_call()
    {
        var reply = await EnqueueAsync(Job("a", exclusive: ["r"]), Job("b", after: ["a", "nobody"]));

        Assert.Equal(
            [new("a", EnqueueOutcome.NotStored, null), new("b", EnqueueOutcome.UnknownDependency, null, "nobody")],
            reply.Jobs);
        Assert.Empty(await Store.GetAsync(["a", "b"], JobParts.None, Token));
        Assert.Null(await ResourceAsync("r"));
        Assert.Equal(0, (await Store.SurveyAsync(SurveyParts.Queues, Token)).Ticket);
    }

    [Fact]
    public async Task A_job_may_come_after_an_earlier_one_of_its_call_but_not_after_a_later_one()
    {
        var forward = await EnqueueAsync(Job("a"), Job("b", after: ["a"]));
        var backward = await EnqueueAsync(Job("c", after: ["d"]), Job("d"));

        Assert.Equal([JobState.Ready, JobState.Blocked], forward.Jobs.Select(job => job.State!.Value));
        Assert.Equal([EnqueueOutcome.UnknownDependency, EnqueueOutcome.NotStored], backward.Jobs.Select(job => job.Outcome));
    }

    [Fact]
    public async Task A_delay_counts_from_the_time_of_the_store()
    {
        Time.Advance(TimeSpan.FromMinutes(1));
        var reply = await EnqueueAsync(Job("a", exclusive: ["r"], delay: TimeSpan.FromSeconds(30)));

        Assert.Equal(JobState.Scheduled, Assert.Single(reply.Jobs).State);
        var job = await RecordAsync("a");
        Assert.Equal(Start.AddSeconds(90), job.RunAt);
        Assert.Null(job.Ticket);
        Assert.Null(await ResourceAsync("r"));
    }

    [Fact]
    public async Task A_job_whose_time_has_come_is_not_scheduled()
    {
        await EnqueueAsync(Job("past", runAt: Start.AddSeconds(-1)), Job("now", runAt: Start), Job("zero", delay: TimeSpan.Zero));

        await AssertStatesAsync(JobState.Ready, "past", "now", "zero");
    }

    [Fact]
    public async Task A_full_step_of_jobs_is_stored_at_once()
    {
        var reply = await EnqueueAsync(Many(Limits.JobsPerStep, id => Job(id, exclusive: ["r"])));

        Assert.All(reply.Jobs, job => Assert.Equal(EnqueueOutcome.Stored, job.Outcome));
        Assert.Equal((1, Limits.JobsPerStep - 1), (await CountAsync(JobState.Ready), await CountAsync(JobState.Blocked)));
    }
}
