using System.Text;
using Dibs.Stores;
using static Dibs.Tests.Support.SampleJobs;

namespace Dibs.Tests.Conformance;

public abstract partial class StoreConformance
{
    [Fact]
    public async Task A_waiting_job_is_canceled_at_once_and_leaves_its_lines()
    {
        await EnqueueAsync(Job("s1", shared: ["r"]), Job("x", exclusive: ["r", "q"]), Job("s2", shared: ["r"]), Job("y", exclusive: ["q"]));
        Assert.Equal(new("x", ChangeOutcome.Done, JobState.Canceled), await CancelAsync("x"));

        var job = await RecordAsync("x");
        Assert.Equal((JobReasons.Canceled, null, Start), (job.Reason, job.Ticket, job.FinishedAt));
        Assert.All(job.Reservations!, reservation => Assert.False(reservation.Held));
        await AssertStatesAsync(JobState.Ready, "s1", "s2", "y");
    }

    [Fact]
    public async Task A_ready_job_that_is_canceled_gives_its_resources_to_the_next()
    {
        await EnqueueAsync(Job("a", exclusive: ["r"]), Job("b", exclusive: ["r"]));
        await CancelAsync("a");

        Assert.Equal(["b"], await (await WorkerAsync()).ClaimIdsAsync(2));
    }

    [Fact]
    public async Task A_scheduled_job_is_canceled_at_once()
    {
        await EnqueueAsync(Job("a", delay: TimeSpan.FromMinutes(1)));
        Assert.Equal(JobState.Canceled, (await CancelAsync("a")).State);

        Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(0, (await TendAsync()).Promoted);
    }

    [Fact]
    public async Task A_running_job_is_asked_to_stop_and_keeps_what_it_holds()
    {
        await EnqueueAsync(Job("a", exclusive: ["r"]), Job("b", exclusive: ["r"]));
        var worker = await WorkerAsync();
        await worker.ClaimAsync();

        Assert.Equal(new("a", ChangeOutcome.Done, JobState.Canceling), await CancelAsync("a"));
        await AssertStatesAsync(JobState.Blocked, "b");
        Assert.Equal(new("a", ChangeOutcome.Already, JobState.Canceling), await CancelAsync("a"));
    }

    [Fact]
    public async Task A_final_job_cannot_be_canceled()
    {
        await EnqueueAsync(Job("a"));
        await (await WorkerAsync()).RunAllAsync();

        Assert.Equal(new("a", ChangeOutcome.NotPossible, JobState.Completed), await CancelAsync("a"));
    }

    [Fact]
    public async Task A_repeated_cancel_says_that_the_job_is_final()
    {
        await EnqueueAsync(Job("a"));
        await CancelAsync("a");

        Assert.Equal(new("a", ChangeOutcome.NotPossible, JobState.Canceled), await CancelAsync("a"));
    }

    [Theory]
    [InlineData(ChangeKind.Cancel)]
    [InlineData(ChangeKind.Requeue)]
    [InlineData(ChangeKind.QuietWorker)]
    public async Task A_name_with_the_mark_of_requeued_jobs_is_as_unknown_as_others(ChangeKind change) =>
        Assert.Equal([new("a~b", ChangeOutcome.Unknown)], (await Store.ChangeAsync(change, ["a~b"], Token)).Items);

    [Fact]
    public async Task Changes_are_answered_in_the_order_asked_each_on_its_own()
    {
        await EnqueueAsync(Job("a"), Job("b"));
        await CancelAsync("b");
        var reply = await Store.ChangeAsync(ChangeKind.Cancel, ["nobody", "b", "a"], Token);

        Assert.Equal(
            [
                new("nobody", ChangeOutcome.Unknown, null),
                new("b", ChangeOutcome.NotPossible, JobState.Canceled),
                new("a", ChangeOutcome.Done, JobState.Canceled),
            ],
            reply.Items);
    }

    [Fact]
    public async Task Five_hundred_jobs_are_canceled_in_one_call()
    {
        await EnqueueAsync(Many(500, id => Job(id, exclusive: ["r"])));
        var reply = await Store.ChangeAsync(ChangeKind.Cancel, Ids(500), Token);

        Assert.All(reply.Items, job => Assert.Equal(ChangeOutcome.Done, job.Outcome));
        Assert.Null(await ResourceAsync("r"));
    }

    [Fact]
    public async Task A_requeue_makes_a_new_job_with_the_same_content_and_nothing_to_wait_for()
    {
        var labels = new Dictionary<string, string> { ["k"] = "v" };
        await EnqueueAsync(Job("first"));
        await EnqueueAsync(
            Job("a", exclusive: ["r"], shared: [new("s", 3)], after: ["first"], delay: TimeSpan.FromHours(1), queue: "q", priority: 5,
                content: """{"args":[7]}""", labels: labels));
        await CancelAsync("a");
        Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(new("a~2", ChangeOutcome.Done, JobState.Ready), await RequeueAsync("a"));

        var (job, content) = (await RecordAsync("a~2"), (await StoredAsync("a~2")).Content);
        Assert.Equal(("a", "q", 5, "Sample.Run", Start.AddSeconds(1)), (job.RequeueOf, job.Queue, job.Priority, job.Method, job.CreatedAt));
        Assert.Equal((true, null, null), (job.After is null or [], job.RunAt, job.Attempt));
        Assert.Equal(["r", "s"], job.Reservations!.Select(reservation => reservation.Resource));
        Assert.Equal(3, job.Reservations![1].Capacity);
        Assert.Equal(("v", """{"args":[7]}"""), (job.Labels!["k"], Encoding.UTF8.GetString(content!.Value.Span)));
        await AssertStatesAsync(JobState.Canceled, "a");
    }

    [Fact]
    public async Task A_repeated_requeue_returns_the_job_it_made()
    {
        await EnqueueAsync(Job("a"));
        await CancelAsync("a");
        await RequeueAsync("a");
        await (await WorkerAsync()).ClaimAsync();

        Assert.Equal(new("a~2", ChangeOutcome.Already, JobState.Running), await RequeueAsync("a"));
        Assert.Equal(1, await CountAsync(JobState.Running));
    }

    [Fact]
    public async Task A_requeue_of_a_requeued_job_counts_on()
    {
        await EnqueueAsync(Job("a"));
        await CancelAsync("a");
        await RequeueAsync("a");
        await CancelAsync("a~2");

        Assert.Equal("a~3", (await RequeueAsync("a~2")).Id);
        Assert.Equal("a~2", (await RecordAsync("a~3")).RequeueOf);
    }

    [Fact]
    public async Task A_job_that_is_not_final_cannot_be_requeued()
    {
        await EnqueueAsync(Job("a"), Job("b", after: ["a"]));

        Assert.Equal(new("a", ChangeOutcome.NotPossible, JobState.Ready), await RequeueAsync("a"));
        Assert.Equal(new("b", ChangeOutcome.NotPossible, JobState.Blocked), await RequeueAsync("b"));
        Assert.Equal(new("nobody", ChangeOutcome.Unknown, null), await RequeueAsync("nobody"));
    }

    [Fact]
    public async Task A_requeued_job_stands_in_line_like_any_other()
    {
        await EnqueueAsync(Job("a", exclusive: ["r"]), Job("b", exclusive: ["r"]), Job("c", exclusive: ["r"]));
        await CancelAsync("a");
        await RequeueAsync("a");

        Assert.Equal(["b", "c", "a~2"], await (await WorkerAsync()).RunAllAsync());
    }
}
