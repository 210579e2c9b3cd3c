using Dibs.Stores;
using Dibs.Tests.Support;
using static Dibs.Tests.Support.SampleJobs;

namespace Dibs.Tests.Conformance;

public abstract partial class StoreConformance
{
    [Fact]
    public async Task A_claim_starts_an_attempt()
    {
        await EnqueueAsync(Job("a", content: """{"args":[1]}"""));
        Time.Advance(TimeSpan.FromSeconds(2));
        var claim = await (await WorkerAsync()).ClaimAsync();

        Assert.Equal(("a", 1, "Sample.Run", DefaultQueue), (claim.Key.JobId, claim.Key.Attempt, claim.Method, claim.Queue));
        Assert.Equal("""{"args":[1]}"""u8, claim.Content.Span);
        var job = await RecordAsync("a");
        Assert.Equal(
            (JobState.Running, 1, claim.Key.Fence, "w", Start.AddSeconds(2)),
            (job.State, job.Attempt, job.Fence, job.Worker, job.StartedAt));
        Assert.Equal(new AttemptRecord { N = 1, Worker = "w", StartedAt = Start.AddSeconds(2) }, Assert.Single(job.Attempts!));
    }

    [Fact]
    public async Task Jobs_are_claimed_in_the_order_in_which_they_became_ready()
    {
        await EnqueueAsync(Job("x", exclusive: ["r"]), Job("waiting", exclusive: ["r"]), Job("b"));
        var worker = await WorkerAsync();
        var claim = await worker.ClaimAsync();
        Time.Advance(TimeSpan.FromMilliseconds(1));
        await EnqueueAsync(Job("c"));
        Time.Advance(TimeSpan.FromMilliseconds(1));
        await worker.CompleteAsync(claim);

        Assert.Equal(["b", "c", "waiting"], await worker.ClaimIdsAsync(9));
    }

    [Fact]
    public async Task Jobs_that_became_ready_together_are_claimed_in_the_order_of_their_tickets()
    {
        await EnqueueAsync(Job("z"), Job("a"), Job("m"));

        Assert.Equal(["z", "a", "m"], await (await WorkerAsync()).ClaimIdsAsync(3));
    }

    [Theory]
    [InlineData(1, 5.999, "later", "early")]
    [InlineData(1, 6.0, "early", "later")]
    [InlineData(100, 599.999, "later", "early")]
    [InlineData(100, 600.001, "early", "later")]
    public async Task A_point_of_priority_is_worth_six_seconds(int priority, double secondsLater, string first, string second)
    {
        await EnqueueAsync(Job("early"));
        Time.Advance(TimeSpan.FromSeconds(secondsLater));
        await EnqueueAsync(Job("later", priority: priority));

        Assert.Equal([first, second], await (await WorkerAsync()).ClaimIdsAsync(2));
    }

    [Fact]
    public async Task A_negative_priority_is_overtaken()
    {
        await EnqueueAsync(Job("low", priority: -1));
        Time.Advance(TimeSpan.FromSeconds(5));
        await EnqueueAsync(Job("normal"));

        Assert.Equal(["normal", "low"], await (await WorkerAsync()).ClaimIdsAsync(2));
    }

    [Fact]
    public async Task Queues_go_in_the_order_in_which_the_worker_names_them()
    {
        await EnqueueAsync(Job("low", queue: "low", priority: 100), Job("high", queue: "high"), Job("other", queue: "other"));

        Assert.Equal(["high", "low"], await (await WorkerAsync("w", "high", "low")).ClaimIdsAsync(3));
        await AssertStatesAsync(JobState.Ready, "other");
    }

    [Fact]
    public async Task Every_eighth_claim_takes_the_job_that_has_waited_longest_over_all_queues()
    {
        await EnqueueAsync(Many(3, id => Job(id, queue: "second"), "s"));
        Time.Advance(TimeSpan.FromSeconds(1));
        await EnqueueAsync(Many(20, id => Job(id, queue: "first"), "f"));
        var worker = await WorkerAsync("w", "first", "second");

        string[] expected = [.. Ids(7, "f"), "s1", .. Ids(14, "f").Skip(7), "s2", "f15"];
        Assert.Equal(expected, (await worker.ClaimIdsAsync(9)).Concat(await worker.ClaimIdsAsync(8)));
    }

    [Fact]
    public async Task Claims_are_counted_per_incarnation()
    {
        await EnqueueAsync(Job("s1", queue: "second"));
        Time.Advance(TimeSpan.FromSeconds(1));
        await EnqueueAsync(Many(20, id => Job(id, queue: "first"), "f"));
        var (one, two) = (await WorkerAsync("one", "first", "second"), await WorkerAsync("two", "first", "second"));

        await one.ClaimAsync(4);
        Assert.DoesNotContain("s1", await two.ClaimIdsAsync(7));
        Assert.Equal(["f12", "f13", "f14", "s1"], await one.ClaimIdsAsync(4));
    }

    [Fact]
    public async Task No_more_jobs_are_claimed_than_asked_for_and_the_answer_says_if_some_are_left()
    {
        await EnqueueAsync(Many(3, id => Job(id)));
        var worker = await WorkerAsync();

        Assert.True((await worker.ExchangeAsync(0)).ReadyLeft);
        var two = await worker.ExchangeAsync(2);
        Assert.Equal((2, true), (two.Claims.Count, two.ReadyLeft));
        var one = await worker.ExchangeAsync(2);
        Assert.Equal((1, false), (one.Claims.Count, one.ReadyLeft));
    }

    [Fact]
    public async Task Ready_jobs_in_queues_of_others_are_not_told()
    {
        await EnqueueAsync(Job("a", queue: "other"));

        Assert.False((await (await WorkerAsync()).ExchangeAsync(1)).ReadyLeft);
    }

    [Fact]
    public async Task Fences_grow_and_are_at_least_the_time_in_microseconds()
    {
        await EnqueueAsync(Many(3, id => Job(id)));
        var worker = await WorkerAsync();
        var claims = await worker.ClaimAsync(2);
        Time.Advance(TimeSpan.FromSeconds(1));
        var later = await worker.ClaimAsync();

        var microseconds = (Start - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        Assert.Equal([microseconds, microseconds + 1], claims.Select(claim => claim.Key.Fence));
        Assert.Equal(microseconds + 1_000_000, later.Key.Fence);
    }

    [Fact]
    public async Task A_clock_that_steps_back_changes_neither_the_order_of_claims_nor_that_of_fences()
    {
        await EnqueueAsync(Job("a"), Job("b"));
        var worker = await WorkerAsync();
        var before = await worker.ClaimAsync();

        Time.AdjustTime(Start.AddHours(-1));
        await EnqueueAsync(Job("c"));

        Assert.Equal(Start, (await RecordAsync("c")).ReadyAt);
        var after = await worker.ClaimAsync(2);
        Assert.Equal(["b", "c"], after.Select(claim => claim.Key.JobId));
        Assert.Equal([before.Key.Fence + 1, before.Key.Fence + 2], after.Select(claim => claim.Key.Fence));
    }

    [Fact]
    public async Task The_same_exchange_again_gets_the_same_answer_and_does_nothing()
    {
        await EnqueueAsync(Many(4, id => Job(id)));
        var worker = await WorkerAsync();
        var claim = await worker.ClaimAsync();
        var stale = claim with { Key = claim.Key with { Fence = 1 } };
        var first = await worker.ExchangeAsync(
            2, TestWorker.Ended(claim, SettleOutcome.Completed), TestWorker.Ended(stale, SettleOutcome.Completed));

        var again = await worker.RepeatAsync();

        Assert.Equal(first.Claims.Select(c => c.Key), again.Claims.Select(c => c.Key));
        Assert.Equal(first.Claims.Select(c => c.Content.ToArray()), again.Claims.Select(c => c.Content.ToArray()));
        Assert.Equal([stale.Key], again.Refused);
        Assert.Equal((true, first.ReadyLeft, first.More), (again.Known, again.ReadyLeft, again.More));
        Assert.Equal((2, 1), (await CountAsync(JobState.Running), await CountAsync(JobState.Ready)));
    }

    [Fact]
    public async Task An_exchange_with_a_lower_number_is_refused()
    {
        await EnqueueAsync(Job("a"));
        var worker = await WorkerAsync();
        await worker.ExchangeAsync(0);
        await worker.ExchangeAsync(0);

        var error = await Assert.ThrowsAsync<JobConflictException>(
            () => worker.SendAsync(new() { Incarnation = worker.Incarnation, Number = 1, Claims = 1 }));

        Assert.Equal("stale-exchange", error.Code);
        await AssertStatesAsync(JobState.Ready, "a");
    }

    [Fact]
    public async Task An_unknown_incarnation_has_its_settlements_done_and_claims_nothing()
    {
        await EnqueueAsync(Job("a"), Job("b"));
        var claim = await (await WorkerAsync()).ClaimAsync();
        var stranger = TestWorker.Unregistered(Store, TestWorker.RegistrationOf("stranger"));

        var reply = await stranger.ExchangeAsync(1, TestWorker.Ended(claim, SettleOutcome.Completed));

        Assert.False(reply.Known);
        Assert.Empty(reply.Claims);
        await AssertStatesAsync(JobState.Completed, "a");
        await AssertStatesAsync(JobState.Ready, "b");
    }

    [Fact]
    public async Task A_worker_that_registers_again_is_updated()
    {
        await EnqueueAsync(Job("a", queue: "other"));
        var worker = await WorkerAsync();
        Assert.Empty(await worker.ClaimIdsAsync(1));

        await Store.RegisterAsync(worker.Registration with { Queues = ["other"] }, Token);

        Assert.Equal(["a"], await worker.ClaimIdsAsync(1));
        Assert.Single((await Store.SurveyAsync(SurveyParts.Workers, Token)).Workers);
    }

    [Fact]
    public async Task Concurrent_workers_never_claim_the_same_job_nor_jobs_in_conflict()
    {
        const int Workers = 6;
        await EnqueueAsync(Many(120, id => Job(id, exclusive: [$"r{id.Length * 7 % 3}"])));
        await EnqueueAsync(Many(60, id => Job(id), "free"));
        var held = new System.Collections.Concurrent.ConcurrentDictionary<string, string>();
        var done = new System.Collections.Concurrent.ConcurrentBag<string>();

        async Task WorkAsync(int n)
        {
            var worker = await WorkerAsync($"w{n}");
            while (done.Count < 180)
            {
                foreach (var claim in await worker.ClaimAsync(3))
                {
                    var resources = (await RecordAsync(claim.Key.JobId)).Reservations ?? [];
                    Assert.All(resources, r => Assert.True(held.TryAdd(r.Resource, claim.Key.JobId), $"{r.Resource} is held twice"));
                    Assert.All(resources, r => held.TryRemove(r.Resource, out _));
                    await worker.CompleteAsync(claim);
                    done.Add(claim.Key.JobId);
                }

                await Task.Yield();
            }
        }

        await Task.WhenAll(Enumerable.Range(1, Workers).Select(n => Task.Run(() => WorkAsync(n), Token)));
        Assert.Equal(180, done.Distinct().Count());
    }
}
