using Dibs.Stores;
using Dibs.Tests.Support;
using static Dibs.Tests.Support.SampleJobs;

namespace Dibs.Tests.Conformance;

public abstract partial class StoreConformance
{
    [Fact]
    public async Task A_retryable_job_of_a_lost_worker_is_ready_again_with_its_place_and_what_it_holds()
    {
        await EnqueueAsync(Retryable("a", "r"), Job("b", exclusive: ["r"]));
        await (await ClaimedByAsync("dead")).RescueAsync();

        var job = await RecordAsync("a");
        Assert.Equal((JobState.Ready, 1L, null, null, null), (job.State, job.Ticket, job.Reason, job.Error, job.FinishedAt));
        Assert.True(Assert.Single(job.Reservations!).Held);
        var attempt = Assert.Single(job.Attempts!);
        Assert.Equal((JobReasons.WorkerLost, JobReasons.WorkerLost), (attempt.Reason, attempt.Error!.Type));
        Assert.Contains("'dead'", attempt.Error.Message, StringComparison.Ordinal);
        await AssertStatesAsync(JobState.Blocked, "b");
    }

    [Fact]
    public async Task A_job_that_begins_again_is_ready_from_then_on_and_runs_as_its_next_attempt()
    {
        await EnqueueAsync(Retryable("a"));
        var dead = await ClaimedByAsync("dead");
        Time.Advance(TimeSpan.FromSeconds(30));
        await EnqueueAsync(Job("b"));
        Time.Advance(TimeSpan.FromSeconds(1));
        await dead.RescueAsync();

        Assert.Equal(Start.AddSeconds(31), (await RecordAsync("a")).ReadyAt);
        var worker = await WorkerAsync();
        Assert.Equal(["b", "a"], (await worker.RunAllAsync()));
        var job = await RecordAsync("a");
        Assert.Equal((JobState.Completed, 2), (job.State, job.Attempt));
        Assert.Equal([("dead", JobReasons.WorkerLost), ("w", null)], job.Attempts!.Select(attempt => (attempt.Worker, attempt.Reason)));
    }

    [Fact]
    public async Task A_retryable_claim_that_two_heartbeats_do_not_name_is_ready_again()
    {
        await EnqueueAsync(Retryable("a"));
        var worker = await WorkerAsync();
        var claim = await worker.ClaimAsync();

        await worker.BeatAsync();
        await worker.BeatAsync();

        await AssertStatesAsync(JobState.Ready, "a");
        Assert.Equal([claim.Key], (await worker.CompleteAsync(claim)).Refused);
        Assert.Equal(2, (await worker.ClaimAsync()).Key.Attempt);
    }

    [Fact]
    public async Task What_a_leaving_worker_still_runs_begins_again_if_it_is_retryable()
    {
        await EnqueueAsync(Retryable("a"), Job("b"));
        var worker = await WorkerAsync();
        await worker.LeaveAsync(await worker.ClaimAsync(2));

        await AssertStatesAsync(JobState.Ready, "a");
        await AssertStatesAsync(JobState.Failed, "b");
    }

    [Fact]
    public async Task A_job_that_was_lost_with_three_workers_is_poison()
    {
        await EnqueueAsync(Retryable("a", "r"), Job("b", exclusive: ["r"]));
        for (var n = 1; n <= Limits.Losses; n++)
        {
            await AssertStatesAsync(JobState.Ready, "a");
            await (await ClaimedByAsync($"w{n}")).RescueAsync();
        }

        var job = await RecordAsync("a");
        Assert.Equal((JobState.Failed, JobReasons.Poison, JobReasons.Poison), (job.State, job.Reason, job.Error!.Type));
        Assert.Contains($"{Limits.Losses} times", job.Error.Message, StringComparison.Ordinal);
        Assert.Contains($"'w{Limits.Losses}'", job.Error.Message, StringComparison.Ordinal);
        Assert.Equal(Enumerable.Repeat(JobReasons.WorkerLost, Limits.Losses), job.Attempts!.Select(attempt => attempt.Reason));
        Assert.Equal(JobReasons.WorkerLost, job.Attempts![^1].Error!.Type);
        await AssertStatesAsync(JobState.Ready, "b");
    }

    [Fact]
    public async Task A_retryable_job_that_is_interrupted_is_ready_again_and_that_is_no_loss()
    {
        await EnqueueAsync(Retryable("a", "r"));
        var worker = await WorkerAsync();
        for (var n = 0; n <= Limits.Losses; n++)
        {
            var stopped = TestWorker.Ended(await worker.ClaimAsync(), SettleOutcome.Stopped);
            await worker.ExchangeAsync(0, stopped with { Error = new JobError { Type = JobReasons.Interrupted, Message = "It was asked to stop." } });
        }

        var job = await RecordAsync("a");
        Assert.Equal((JobState.Ready, 1L), (job.State, job.Ticket));
        Assert.All(job.Attempts!, attempt => Assert.Equal((JobReasons.Interrupted, "It was asked to stop."), (attempt.Reason, attempt.Error!.Message)));
        await (await ClaimedByAsync("dead")).RescueAsync();
        await AssertStatesAsync(JobState.Ready, "a");
    }

    [Theory]
    [InlineData(JobReasons.Exited)]
    [InlineData(JobReasons.Killed)]
    [InlineData(JobReasons.Memory)]
    public async Task A_job_whose_host_crashed_fails_for_that_reason(string reason)
    {
        await EnqueueAsync(Job("a", exclusive: ["r"]), Job("b", exclusive: ["r"]));
        var worker = await WorkerAsync();
        await worker.ExchangeAsync(0, Crashed(await worker.ClaimAsync(), reason));

        var job = await RecordAsync("a");
        Assert.Equal((JobState.Failed, reason, reason, 9), (job.State, job.Reason, job.Error!.Type, job.Exit!.Signal));
        Assert.Equal(reason, Assert.Single(job.Attempts!).Reason);
        await AssertStatesAsync(JobState.Ready, "b");
    }

    [Fact]
    public async Task A_retryable_job_whose_host_crashed_is_ready_again_and_its_history_says_why()
    {
        await EnqueueAsync(Retryable("a", "r"));
        var worker = await WorkerAsync();
        await worker.ExchangeAsync(0, Crashed(await worker.ClaimAsync(), JobReasons.Memory));

        var job = await RecordAsync("a");
        Assert.Equal((JobState.Ready, null, null, null), (job.State, job.Reason, job.Error, job.Exit));
        var attempt = Assert.Single(job.Attempts!);
        Assert.Equal((JobReasons.Memory, "last words"), (attempt.Reason, attempt.Error!.Detail));
        await worker.CompleteAsync(await worker.ClaimAsync());
        job = await RecordAsync("a");
        Assert.Equal((JobState.Completed, null, null), (job.State, job.Error, job.Exit));
        Assert.Equal([(JobReasons.Memory, "last words"), (null, null)], job.Attempts!.Select(past => (past.Reason, past.Error?.Detail)));
    }

    [Fact]
    public async Task Crashes_and_lost_workers_count_together_and_the_last_crash_is_kept()
    {
        await EnqueueAsync(Retryable("a"));
        var worker = await WorkerAsync();
        await worker.ExchangeAsync(0, Crashed(await worker.ClaimAsync(), JobReasons.Exited));
        await (await ClaimedByAsync("dead")).RescueAsync();
        await worker.ExchangeAsync(0, Crashed(await worker.ClaimAsync(), JobReasons.Killed));

        var job = await RecordAsync("a");
        Assert.Equal((JobState.Failed, JobReasons.Poison, "last words", 9), (job.State, job.Reason, job.Error!.Detail, job.Exit!.Signal));
        Assert.Contains("The host was ended.", job.Error.Message, StringComparison.Ordinal);
        Assert.Equal([JobReasons.Exited, JobReasons.WorkerLost, JobReasons.Killed], job.Attempts!.Select(attempt => attempt.Reason));
        Assert.Equal("The host was ended.", job.Attempts![^1].Error!.Message);
    }

    [Fact]
    public async Task A_retryable_job_that_throws_fails_and_is_not_tried_again()
    {
        await EnqueueAsync(Retryable("a"));
        var worker = await WorkerAsync();
        await worker.SettleAsync(SettleOutcome.Failed, await worker.ClaimAsync());

        await AssertStatesAsync(JobState.Failed, "a");
    }

    [Fact]
    public async Task A_retryable_job_that_was_asked_to_stop_does_not_begin_again()
    {
        await EnqueueAsync(Retryable("lost"), Retryable("stopped"), Retryable("crashed"));
        var worker = await WorkerAsync();
        var claims = await worker.ClaimAsync(3);
        await Store.ChangeAsync(ChangeKind.Cancel, ["lost", "stopped", "crashed"], Token);
        await worker.ExchangeAsync(0, TestWorker.Ended(claims[1], SettleOutcome.Stopped), Crashed(claims[2], JobReasons.Killed));
        await worker.RescueAsync();

        await AssertStatesAsync(JobState.Canceled, "lost", "stopped", "crashed");
    }

    [Fact]
    public async Task A_requeued_job_is_as_retryable_and_has_no_losses()
    {
        await EnqueueAsync(Retryable("a"));
        for (var n = 1; n <= Limits.Losses; n++)
            await (await ClaimedByAsync($"w{n}")).RescueAsync();
        Assert.Equal(ChangeOutcome.Done, (await RequeueAsync("a")).Outcome);

        Assert.Equal(OnWorkerLost.Retry, (await RecordAsync("a~2")).OnWorkerLost);
        await (await ClaimedByAsync("dead")).RescueAsync();
        await AssertStatesAsync(JobState.Ready, "a~2");
    }

    [Fact]
    public async Task A_record_says_that_a_job_is_retryable_and_nothing_of_one_that_is_not()
    {
        await EnqueueAsync(Retryable("a"), Job("b"));

        Assert.Equal((OnWorkerLost.Retry, null), ((await RecordAsync("a")).OnWorkerLost, (await RecordAsync("b")).OnWorkerLost));
    }

    [Fact]
    public async Task Of_several_rescuers_at_once_one_ends_the_attempts_and_each_once()
    {
        await EnqueueAsync(Many(20, id => Job(id, onWorkerLost: OnWorkerLost.Retry)));
        var dead = await WorkerAsync("dead");
        var claims = await dead.ClaimAsync(20);

        var replies = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => dead.RescueAsync(), Token)));

        var rescue = Assert.Single(replies, reply => !reply.Refused);
        Assert.Equal(claims.Select(claim => claim.Key), rescue.Ended.OrderBy(key => key.Fence));
        Assert.Equal(20, await CountAsync(JobState.Ready));
        foreach (var id in Ids(20))
            Assert.Single((await RecordAsync(id)).Attempts!);
    }

    [Fact]
    public async Task A_rescue_wakes_who_waits_for_the_queue_of_what_begins_again()
    {
        await EnqueueAsync(Retryable("a"));
        var dead = await ClaimedByAsync("dead");
        var other = await WorkerAsync("other");
        Assert.Empty((await other.ExchangeAsync(1)).Claims);
        using var listener = Store.Listen(new() { Queues = [DefaultQueue], Incarnation = other.Incarnation });
        await dead.RescueAsync();

        Assert.True(await listener.WaitAsync(UntilWoken, Token));
    }

    private static NewJob Retryable(string id, params string[] exclusive) => Job(id, exclusive: exclusive, onWorkerLost: OnWorkerLost.Retry);

    private static Settlement Crashed(Claim claim, string reason) => TestWorker.Ended(claim, SettleOutcome.Crashed, reason) with
    {
        Exit = new ExitRecord { Signal = 9 },
        Error = new JobError { Type = reason, Message = "The host was ended.", Detail = "last words" },
    };

    /// <summary>A worker that has claimed the one job that is ready.</summary>
    private async Task<TestWorker> ClaimedByAsync(string name)
    {
        var worker = await WorkerAsync(name);
        await worker.ClaimAsync();
        return worker;
    }
}
