using Dibs.Stores;
using Dibs.Stores.Memory;
using Microsoft.Extensions.DependencyInjection;

namespace Dibs.Tests.Clients;

public class JobHandleTests
{
    private static CancellationToken Ct => ClientFixture.Ct;

    [Fact]
    public async Task A_waiter_is_woken_by_the_end_of_the_job_and_not_by_the_clock()
    {
        await using var client = new ClientFixture();
        var job = await client.Jobs.EnqueueAsync((Reports r) => r.BuildAsync(42, default), cancellationToken: Ct);
        var waiting = job.ResultAsync(Ct);
        Assert.False(waiting.IsCompleted);
        await client.SettleAsync(Assert.Single(await client.ClaimAsync()).Key, SettleOutcome.Completed, """{"id":42,"title":"done"}""");
        Assert.Equal(new Report(42, "done"), await waiting);
        Assert.Equal(JobState.Completed, job.State);
    }

    [Fact]
    public async Task A_waiter_whose_hint_was_lost_finds_the_end_by_the_poll()
    {
        await using var client = new ClientFixture(dibs => dibs.UseStore((services, name) => new DeafStore(name, services.GetRequiredService<TimeProvider>())));
        var job = await client.Jobs.EnqueueAsync(() => Reports.Build(42), cancellationToken: Ct);
        var waiting = job.WaitAsync(Ct);
        await client.SettleAsync(Assert.Single(await client.ClaimAsync()).Key, SettleOutcome.Completed);
        Assert.False(waiting.IsCompleted);
        client.Time.Advance(TimeSpan.FromSeconds(1.3));
        Assert.Equal(JobState.Completed, (await waiting).State);
    }

    [Fact]
    public async Task A_wait_can_be_given_up_without_touching_the_job()
    {
        await using var client = new ClientFixture();
        var job = await client.Jobs.EnqueueAsync(() => Reports.Build(42), cancellationToken: Ct);
        using var giveUp = new CancellationTokenSource();
        var waiting = job.WaitAsync(giveUp.Token);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal(JobState.Ready, (await job.RefreshAsync(Ct)).State);
    }

    [Fact]
    public async Task The_result_of_a_failed_job_throws_what_it_failed_of()
    {
        await using var client = new ClientFixture();
        var job = await client.Jobs.EnqueueAsync(() => Reports.Build(42), cancellationToken: Ct);
        await client.SettleAsync(Assert.Single(await client.ClaimAsync()).Key, SettleOutcome.Failed,
            reason: JobReasons.Threw, error: new JobError { Type = "System.IO.IOException", Message = "The disk is full." });
        var error = await Assert.ThrowsAsync<JobFailedException>(() => job.ResultAsync(Ct));
        Assert.Equal((job.Id, "threw", "The disk is full."), (error.Id, error.Reason, error.Error?.Message));
        Assert.Equal(JobState.Failed, (await job.WaitAsync(Ct)).State);
    }

    [Fact]
    public async Task The_result_of_a_canceled_job_throws_that()
    {
        await using var client = new ClientFixture();
        var job = await client.Jobs.EnqueueAsync(() => StaticCalls.Text(1), cancellationToken: Ct);
        Assert.Equal(JobState.Canceled, await job.CancelAsync(Ct));
        Assert.Equal(JobState.Canceled, job.State);
        Assert.Equal("canceled", (await Assert.ThrowsAsync<JobCanceledException>(() => job.ResultAsync(Ct))).Reason);
    }

    [Fact]
    public async Task A_job_that_returns_nothing_has_no_result()
    {
        await using var client = new ClientFixture();
        var job = await client.Jobs.EnqueueAsync(() => Reports.Build(42), cancellationToken: Ct);
        await client.SettleAsync(Assert.Single(await client.ClaimAsync()).Key, SettleOutcome.Completed);
        Assert.Null(await job.ResultAsync(Ct));
        Assert.Null(await job.ResultAsync<string>(Ct));
    }

    [Fact]
    public async Task A_final_job_cannot_be_canceled_and_a_running_one_twice()
    {
        await using var client = new ClientFixture();
        var job = await client.Jobs.EnqueueAsync(() => Reports.Build(42), cancellationToken: Ct);
        var claim = Assert.Single(await client.ClaimAsync());
        Assert.Equal(JobState.Canceling, await job.CancelAsync(Ct));
        Assert.Equal(JobState.Canceling, await job.CancelAsync(Ct));
        await client.SettleAsync(claim.Key, SettleOutcome.Stopped);
        var error = await Assert.ThrowsAsync<JobConflictException>(() => job.CancelAsync(Ct));
        Assert.Equal("not-possible", error.Code);
        Assert.Contains("is canceled already", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_requeue_is_a_new_job_with_the_same_content_once()
    {
        await using var client = new ClientFixture();
        var job = await client.Jobs.EnqueueAsync(() => Reports.Build(42), new() { Id = "a" }, Ct);
        Assert.Equal("not-possible", (await Assert.ThrowsAsync<JobConflictException>(() => client.Jobs.RequeueAsync("a", Ct))).Code);
        await job.CancelAsync(Ct);
        var again = await client.Jobs.RequeueAsync("a", Ct);
        Assert.Equal(("a~2", "a", "42"), (again.Id, again.Record.RequeueOf, again.Record.Args![0].GetRawText()));
        Assert.Equal("a~2", (await client.Jobs.RequeueAsync("a", Ct)).Id);
    }

    [Fact]
    public async Task Why_tells_who_holds_what_a_job_waits_for()
    {
        await using var client = new ClientFixture();
        var first = await client.Jobs.EnqueueAsync(() => Reports.Build(1), new() { Exclusive = ["r"] }, Ct);
        var second = await client.Jobs.EnqueueAsync(() => Reports.Build(2), new() { Exclusive = ["r"] }, Ct);
        var cause = Assert.Single((await second.WhyAsync(Ct)).Causes);
        Assert.Equal(("reservation", "r", first.Id), (cause.Kind, cause.Resource, cause.Holders![0].Id));
    }

    [Fact]
    public async Task A_job_that_does_not_exist_is_said_so()
    {
        await using var client = new ClientFixture();
        Assert.Null(await client.Jobs.FindAsync("nobody", Ct));
        Assert.Null(await client.Jobs.WhyAsync("nobody", Ct));
        foreach (var ask in new Func<Task>[] { () => client.Jobs.CancelAsync("nobody", Ct), () => client.Jobs.RequeueAsync("nobody", Ct), () => client.Jobs.WaitAsync("nobody", Ct) })
            Assert.Equal("unknown-job", (await Assert.ThrowsAsync<JobConflictException>(ask)).Code);
    }

    [Fact]
    public async Task A_list_goes_on_from_its_cursor()
    {
        await using var client = new ClientFixture();
        await client.Jobs.EnqueueManyAsync(Enumerable.Range(0, 5).Select(i => JobRequest.Call(() => Reports.Build(i), new() { Id = $"{i}" })), Ct);
        var page = await client.Jobs.ListAsync(new() { Limit = 3, Parts = JobParts.Details }, Ct);
        var rest = await client.Jobs.ListAsync(new() { Limit = 3, Cursor = page.Next }, Ct);
        Assert.Equal(["4", "3", "2", "1", "0"], page.Items.Concat(rest.Items).Select(job => job.Id));
        Assert.Equal("4", page.Items[0].Args![0].GetRawText());
        Assert.Equal("bad-limit", (await Assert.ThrowsAsync<JobRefusedException>(() => client.Jobs.ListAsync(new() { Limit = 1001 }, Ct))).Code);
    }

    /// <summary>A store whose hints are all lost: it listens for a job that is not there.</summary>
    private sealed class DeafStore(string name, TimeProvider time) : StoreWrapper(new MemoryJobStore(name, time))
    {
        public override IWakeUp Listen(WakeFilter filter) => base.Listen(filter with { JobId = "nobody" });
    }
}
