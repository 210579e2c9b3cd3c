using System.Text;
using Dibs.Stores;
using Dibs.Tests.Support;
using static Dibs.Tests.Support.SampleJobs;

namespace Dibs.Tests.Conformance;

public abstract partial class StoreConformance
{
    /// <summary>Attempts that the record of a job shows.</summary>
    private const int AttemptsKept = 32;

    [Fact]
    public async Task A_completed_job_keeps_its_result_and_gives_everything_back()
    {
        await EnqueueAsync(Job("a", exclusive: ["r"]));
        var worker = await WorkerAsync();
        var claim = await worker.ClaimAsync();
        Time.Advance(TimeSpan.FromSeconds(3));
        var reply = await worker.ExchangeAsync(0, TestWorker.Ended(claim, SettleOutcome.Completed) with { Result = "[1,2]"u8.ToArray() });

        Assert.Empty(reply.Refused);
        var job = await StoredAsync("a");
        Assert.Equal("[1,2]", Encoding.UTF8.GetString(job.Result!.Value.Span));
        Assert.Equal(
            (JobState.Completed, null, null, Start.AddSeconds(3)),
            (job.Record.State, job.Record.Reason, job.Record.Ticket, job.Record.FinishedAt));
        Assert.False(Assert.Single(job.Record.Reservations!).Held);
        Assert.Equal(
            new AttemptRecord { N = 1, Worker = "w", StartedAt = Start, FinishedAt = Start.AddSeconds(3) },
            Assert.Single(job.Record.Attempts!));
    }

    [Fact]
    public async Task A_failed_job_keeps_its_reason_and_error()
    {
        var error = new JobError { Type = "System.IO.IOException", Message = "disk full", Detail = "at line 1" };
        await EnqueueAsync(Job("a"));
        var worker = await WorkerAsync();
        var settlement = TestWorker.Ended(await worker.ClaimAsync(), SettleOutcome.Failed, JobReasons.Exited);
        await worker.ExchangeAsync(0, settlement with { Error = error, Exit = new() { Code = 3 } });

        var job = await RecordAsync("a");
        Assert.Equal((JobState.Failed, JobReasons.Exited, error, 3), (job.State, job.Reason, job.Error, job.Exit!.Code));
        var attempt = Assert.Single(job.Attempts!);
        Assert.Equal((JobReasons.Exited, error), (attempt.Reason, attempt.Error));
    }

    [Fact]
    public async Task A_settlement_of_another_attempt_is_refused_and_changes_nothing()
    {
        await EnqueueAsync(Job("a"), Job("ready"));
        var worker = await WorkerAsync();
        var claim = await worker.ClaimAsync();
        AttemptKey[] wrong =
        [
            claim.Key with { Fence = claim.Key.Fence + 1 },
            claim.Key with { Attempt = 2 },
            claim.Key with { JobId = "nobody" },
            claim.Key with { JobId = "ready" },
        ];

        var reply = await worker.ExchangeAsync(0, wrong.Select(key => new Settlement { Key = key, Outcome = SettleOutcome.Completed }));

        Assert.Equal(wrong, reply.Refused);
        await AssertStatesAsync(JobState.Running, "a");
        await AssertStatesAsync(JobState.Ready, "ready");
    }

    [Fact]
    public async Task A_second_settlement_of_the_same_attempt_is_refused()
    {
        await EnqueueAsync(Job("a"));
        var worker = await WorkerAsync();
        var claim = await worker.ClaimAsync();
        await worker.CompleteAsync(claim);

        Assert.Equal([claim.Key], (await worker.SettleAsync(SettleOutcome.Failed, claim)).Refused);
        await AssertStatesAsync(JobState.Completed, "a");
    }

    [Fact]
    public async Task One_exchange_settles_first_and_claims_what_that_made_ready()
    {
        await EnqueueAsync(Job("a", exclusive: ["r"]), Job("b", exclusive: ["r"]), Job("c", after: ["a"]));
        var worker = await WorkerAsync();
        var claim = await worker.ClaimAsync();

        var reply = await worker.ExchangeAsync(5, TestWorker.Ended(claim, SettleOutcome.Completed));

        Assert.Equal(["b", "c"], reply.Claims.Select(c => c.Key.JobId));
        Assert.False(reply.ReadyLeft);
    }

    [Fact]
    public async Task A_claim_given_back_is_ready_again_with_its_ticket_and_time()
    {
        await EnqueueAsync(Job("a", exclusive: ["r"]), Job("b", exclusive: ["r"]), Job("c"));
        var worker = await WorkerAsync();
        var claim = await worker.ClaimAsync();
        Time.Advance(TimeSpan.FromSeconds(9));
        await worker.SettleAsync(SettleOutcome.Returned, claim);

        var job = await RecordAsync("a");
        Assert.Equal((JobState.Ready, 1L, Start, null), (job.State, job.Ticket, job.ReadyAt, job.FinishedAt));
        Assert.True(Assert.Single(job.Reservations!).Held);
        await AssertStatesAsync(JobState.Blocked, "b");
        Assert.Equal(["a", "c"], await worker.ClaimIdsAsync(2));
    }

    [Fact]
    public async Task A_claim_given_back_uses_up_its_attempt_and_fence()
    {
        await EnqueueAsync(Job("a"));
        var worker = await WorkerAsync();
        var first = await worker.ClaimAsync();
        await worker.SettleAsync(SettleOutcome.Returned, first);
        var second = await worker.ClaimAsync();

        Assert.Equal((2, first.Key.Fence + 1), (second.Key.Attempt, second.Key.Fence));
        Assert.Equal([first.Key], (await worker.CompleteAsync(first)).Refused);
        await worker.CompleteAsync(second);
        var job = await RecordAsync("a");
        Assert.Equal([(1, "returned"), (2, null)], job.Attempts!.Select(attempt => (attempt.N, attempt.Reason)));
    }

    [Fact]
    public async Task Code_that_was_stopped_without_being_asked_fails_as_interrupted()
    {
        await EnqueueAsync(Job("a"));
        var worker = await WorkerAsync();
        await worker.SettleAsync(SettleOutcome.Stopped, await worker.ClaimAsync());

        var job = await RecordAsync("a");
        Assert.Equal((JobState.Failed, JobReasons.Interrupted), (job.State, job.Reason));
    }

    [Theory]
    [InlineData(SettleOutcome.Completed)]
    [InlineData(SettleOutcome.Failed)]
    [InlineData(SettleOutcome.Stopped)]
    [InlineData(SettleOutcome.Returned)]
    [InlineData(SettleOutcome.Crashed)]
    public async Task A_canceling_job_ends_in_canceled_whatever_the_code_did(SettleOutcome outcome)
    {
        await EnqueueAsync(Job("a", exclusive: ["r"]), Job("b", exclusive: ["r"]));
        var worker = await WorkerAsync();
        var claim = await worker.ClaimAsync();
        await CancelAsync("a");

        var reply = await worker.SettleAsync(outcome, claim);

        Assert.Empty(reply.Refused);
        var job = await RecordAsync("a");
        Assert.Equal((JobState.Canceled, JobReasons.Canceled), (job.State, job.Reason));
        await AssertStatesAsync(JobState.Ready, "b");
    }

    [Fact]
    public async Task A_canceling_job_that_completed_keeps_its_result()
    {
        await EnqueueAsync(Job("a"));
        var worker = await WorkerAsync();
        var claim = await worker.ClaimAsync();
        await CancelAsync("a");
        await worker.ExchangeAsync(0, TestWorker.Ended(claim, SettleOutcome.Completed) with { Result = "7"u8.ToArray() });

        var job = await StoredAsync("a");
        Assert.Equal((JobState.Canceled, "7"), (job.Record.State, Encoding.UTF8.GetString(job.Result!.Value.Span)));
    }

    [Fact]
    public async Task The_last_attempts_of_a_job_are_kept()
    {
        await EnqueueAsync(Job("a"));
        var worker = await WorkerAsync();
        for (var n = 1; n <= AttemptsKept + 8; n++)
            await worker.SettleAsync(SettleOutcome.Returned, await worker.ClaimAsync());
        await worker.ClaimAsync();

        var job = await RecordAsync("a");
        Assert.Equal(AttemptsKept + 9, job.Attempt);
        Assert.Equal(Enumerable.Range(10, AttemptsKept), job.Attempts!.Select(attempt => attempt.N));
    }

    [Fact]
    public async Task Many_settlements_of_one_exchange_are_all_done()
    {
        await EnqueueAsync(Many(300, id => Job(id, exclusive: [id])));
        await EnqueueAsync(Many(300, id => Job($"after {id}", exclusive: [id])));
        var worker = await WorkerAsync();
        var claims = await worker.ClaimAsync(400);
        Assert.Equal(300, claims.Count);

        var reply = await worker.ExchangeAsync(Limits.Slots, claims.Select(claim => TestWorker.Ended(claim, SettleOutcome.Completed)));

        Assert.Equal((300, Limits.UnitsPerStep, true), (await CountAsync(JobState.Completed), reply.Claims.Count, reply.More));
        await DrainAsync();
        Assert.Equal(300 - Limits.UnitsPerStep, await CountAsync(JobState.Ready));
    }
}
