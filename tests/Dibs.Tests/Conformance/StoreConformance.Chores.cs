using Dibs.Stores;
using static Dibs.Tests.Support.SampleJobs;

namespace Dibs.Tests.Conformance;

public abstract partial class StoreConformance
{
    [Fact]
    public async Task Due_jobs_are_admitted_by_time_and_then_in_the_order_of_creation()
    {
        await EnqueueAsync(
            Job("late", delay: TimeSpan.FromSeconds(2)),
            Job("early", delay: TimeSpan.FromSeconds(1)),
            Job("late too", delay: TimeSpan.FromSeconds(2)));
        Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(3, (await TendAsync()).Promoted);
        var tickets = (await Store.GetAsync(["early", "late", "late too"], JobParts.None, Token)).Select(job => job.Record.Ticket!.Value);
        Assert.Equal([1L, 2L, 3L], tickets);
        var early = await RecordAsync("early");
        Assert.Equal((Start.AddSeconds(1), Start.AddSeconds(5)), (early.RunAt, early.ReadyAt));
    }

    [Fact]
    public async Task Only_what_is_due_is_admitted_and_the_answer_says_when_the_next_is()
    {
        await EnqueueAsync(Job("a", delay: TimeSpan.FromSeconds(10)), Job("b", delay: TimeSpan.FromSeconds(60)));
        Assert.Equal(new(0, 0, TimeSpan.FromSeconds(10), More: false), await TendAsync());

        Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(new(1, 0, TimeSpan.FromSeconds(50), More: false), await TendAsync());
        Assert.Equal(new(0, 0, TimeSpan.FromSeconds(50), More: false), await TendAsync());

        Time.Advance(TimeSpan.FromSeconds(50));
        Assert.Equal(new(1, 0, null, More: false), await TendAsync());
    }

    [Fact]
    public async Task Nothing_but_the_chores_admits_a_due_job()
    {
        await EnqueueAsync(Job("a", delay: TimeSpan.FromSeconds(1)));
        Time.Advance(TimeSpan.FromSeconds(2));
        var worker = await WorkerAsync();

        Assert.Empty(await worker.ClaimIdsAsync(1));
        await TendAsync();
        Assert.Equal(["a"], await worker.ClaimIdsAsync(1));
    }

    [Fact]
    public async Task Many_due_jobs_are_admitted_in_bounded_steps()
    {
        await EnqueueAsync(Many(300, id => Job(id, delay: TimeSpan.FromSeconds(1))));
        Time.Advance(TimeSpan.FromSeconds(1));

        var first = await TendAsync();
        Assert.Equal((Limits.UnitsPerStep, true), (first.Promoted, first.More));
        var second = await TendAsync();
        Assert.Equal((300 - Limits.UnitsPerStep, false), (second.Promoted, second.More));
    }

    [Fact]
    public async Task Finished_jobs_are_kept_as_long_as_the_retention_says()
    {
        await EnqueueAsync(Job("a"), Job("b"), Job("waiting", delay: TimeSpan.FromDays(100)));
        await CancelAsync("a");
        Time.Advance(TimeSpan.FromMinutes(10));
        await CancelAsync("b");
        var retention = new Retention(TimeSpan.FromMinutes(15), 100);

        Time.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal(0, (await TendAsync(retention)).Pruned);
        Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(1, (await TendAsync(retention)).Pruned);

        Assert.Equal(["waiting", "b"], await ListAsync(new()));
    }

    [Fact]
    public async Task Of_too_many_finished_jobs_those_that_ended_first_go()
    {
        await EnqueueAsync(Many(5, id => Job(id)));
        foreach (var id in Ids(5).Reverse())
        {
            await CancelAsync(id);
            Time.Advance(TimeSpan.FromSeconds(1));
        }

        Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(3, (await TendAsync(new(TimeSpan.FromDays(1), 2))).Pruned);

        Assert.Equal(["j2", "j1"], await ListAsync(new()));
    }

    [Fact]
    public async Task What_ended_within_the_last_minute_is_never_pruned()
    {
        await EnqueueAsync(Many(3, id => Job(id)));
        await CancelAsync("j1");
        Time.Advance(TimeSpan.FromSeconds(30));
        await CancelAsync("j2");
        await CancelAsync("j3");
        Time.Advance(TimeSpan.FromSeconds(30) - TimeSpan.FromMicroseconds(1));
        Assert.Equal(0, (await TendAsync(new(TimeSpan.Zero, 0))).Pruned);
        Assert.Equal(0, (await TendAsync(new(TimeSpan.Zero, 1000))).Pruned);

        Time.Advance(TimeSpan.FromMicroseconds(1));
        Assert.Equal(1, (await TendAsync(new(TimeSpan.Zero, 0))).Pruned);
        Assert.Equal(["j3", "j2"], await ListAsync(new()));
    }

    [Fact]
    public async Task Many_finished_jobs_are_pruned_in_bounded_steps()
    {
        await EnqueueAsync(Many(300, id => Job(id, exclusive: ["r"])));
        await Store.ChangeAsync(ChangeKind.Cancel, Ids(300), Token);
        Time.Advance(TimeSpan.FromMinutes(2));
        var retention = new Retention(Retention.Minimum, 0);

        var first = await TendAsync(retention);
        Assert.Equal((Limits.UnitsPerStep, true), (first.Pruned, first.More));
        var second = await TendAsync(retention);
        Assert.Equal((300 - Limits.UnitsPerStep, false), (second.Pruned, second.More));
        Assert.Empty(await ListAsync(new()));
    }

    [Fact]
    public async Task The_chores_of_a_step_share_its_budget()
    {
        await EnqueueAsync(Many(100, id => Job(id), "old"));
        await Store.ChangeAsync(ChangeKind.Cancel, Ids(100, "old"), Token);
        Time.Advance(TimeSpan.FromMinutes(2));
        await EnqueueAsync(Job("x", exclusive: ["r"]));
        foreach (var part in Many(1000, id => Job(id, shared: ["r"])).Chunk(Limits.JobsPerStep))
            await EnqueueAsync(part);
        var worker = await WorkerAsync();
        await worker.CompleteAsync(await worker.ClaimAsync());
        await EnqueueAsync(Many(200, id => Job(id, delay: TimeSpan.FromSeconds(1)), "due"));
        Assert.Equal(512, await CountAsync(JobState.Ready));
        Time.Advance(TimeSpan.FromSeconds(1));
        var retention = new Retention(Retention.Minimum, 1000);

        var first = await TendAsync(retention);
        Assert.Equal((200, 56, true), (first.Promoted, first.Pruned, first.More));
        Assert.Equal(512 + 200, await CountAsync(JobState.Ready));

        var second = await TendAsync(retention);
        Assert.Equal((0, 44, true), (second.Promoted, second.Pruned, second.More));
        Assert.Equal(512 + 200 + 212, await CountAsync(JobState.Ready));
    }

    [Fact]
    public async Task A_pruned_job_is_unknown_and_its_id_is_free_again()
    {
        await EnqueueAsync(Job("a"));
        await CancelAsync("a");
        Time.Advance(TimeSpan.FromMinutes(2));
        await TendAsync(new(Retention.Minimum, 0));

        Assert.Null(await Store.WhyAsync("a", Token));
        Assert.Equal(EnqueueOutcome.UnknownDependency, Assert.Single((await EnqueueAsync(Job("b", after: ["a"]))).Jobs).Outcome);
        Assert.Equal(EnqueueOutcome.Stored, Assert.Single((await EnqueueAsync(Job("a", content: """{"args":[2]}"""))).Jobs).Outcome);
    }

    [Fact]
    public async Task A_canceled_job_may_be_pruned_before_the_job_it_came_after_ends()
    {
        await EnqueueAsync(Job("a"), Job("b", after: ["a"]), Job("c", after: ["a"]));
        await CancelAsync("b");
        Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(1, (await TendAsync(new(Retention.Minimum, 0))).Pruned);

        Assert.Equal(["a", "c"], await (await WorkerAsync()).RunAllAsync());
    }

    [Fact]
    public async Task A_job_outlives_the_completed_jobs_that_it_came_after()
    {
        await EnqueueAsync(Job("a"), Job("b", after: ["a"]));
        var worker = await WorkerAsync();
        await worker.CompleteAsync(await worker.ClaimAsync());
        Time.Advance(TimeSpan.FromMinutes(2));
        await TendAsync(new(Retention.Minimum, 0));

        Assert.Equal(["a"], (await RecordAsync("b")).After!);
        Assert.Equal(["b"], await worker.RunAllAsync());
    }
}
