using Dibs.Stores;
using static Dibs.Tests.Support.SampleJobs;

namespace Dibs.Tests.Conformance;

public abstract partial class StoreConformance
{
    /// <summary>Longer than any hint inside a process takes; the clock of the test stands still, so only a hint can end the wait.</summary>
    private static readonly TimeSpan UntilWoken = TimeSpan.FromHours(1);

    [Fact]
    public async Task A_listener_remembers_that_a_job_became_ready_in_its_queue()
    {
        using var listener = Store.Listen(new() { Queues = ["other", DefaultQueue] });
        await EnqueueAsync(Job("a"));

        Assert.True(await listener.WaitAsync(UntilWoken, Token));
    }

    [Fact]
    public async Task A_listener_that_already_waits_is_woken()
    {
        using var listener = Store.Listen(new() { Queues = [DefaultQueue] });
        var wait = listener.WaitAsync(UntilWoken, Token).AsTask();
        while (wait.IsCompleted) // a listener that begins may be told to look once, for what it missed before
        {
            Assert.True(await wait);
            wait = listener.WaitAsync(UntilWoken, Token).AsTask();
        }

        await EnqueueAsync(Job("a"));

        Assert.True(await wait);
    }

    [Fact]
    public async Task A_job_that_a_release_makes_ready_wakes_its_queue()
    {
        await EnqueueAsync(Job("a", exclusive: ["r"]), Job("b", exclusive: ["r"], queue: "second"));
        var worker = await WorkerAsync();
        var claim = await worker.ClaimAsync();
        using var listener = Store.Listen(new() { Queues = ["second"] });
        await worker.CompleteAsync(claim);

        Assert.True(await listener.WaitAsync(UntilWoken, Token));
    }

    [Fact]
    public async Task A_claim_given_back_wakes_its_queue()
    {
        await EnqueueAsync(Job("a"));
        var worker = await WorkerAsync();
        var claim = await worker.ClaimAsync();
        using var listener = Store.Listen(new() { Queues = [DefaultQueue] });
        await worker.SettleAsync(SettleOutcome.Returned, claim);

        Assert.True(await listener.WaitAsync(UntilWoken, Token));
    }

    [Fact]
    public async Task The_end_of_a_job_wakes_who_waits_for_it()
    {
        await EnqueueAsync(Job("a"), Job("b", after: ["a"]));
        using var first = Store.Listen(new() { JobId = "a" });
        using var second = Store.Listen(new() { JobId = "b" });
        await CancelAsync("a");

        Assert.True(await first.WaitAsync(UntilWoken, Token));
        Assert.True(await second.WaitAsync(UntilWoken, Token));
    }

    [Fact]
    public async Task A_cancel_wakes_the_worker_that_runs_the_job()
    {
        await EnqueueAsync(Job("a"));
        var worker = await WorkerAsync();
        await worker.ClaimAsync();
        using var listener = Store.Listen(new() { Incarnation = worker.Incarnation });
        await CancelAsync("a");

        Assert.True(await listener.WaitAsync(UntilWoken, Token));
    }

    [Fact]
    public async Task A_rescue_wakes_the_worker_whose_attempts_it_ended()
    {
        await EnqueueAsync(Job("a"));
        var worker = await WorkerAsync();
        await worker.ClaimAsync();
        using var listener = Store.Listen(new() { Incarnation = worker.Incarnation });
        await Store.RescueAsync(new(worker.Incarnation, 0, worker.Registration.Lease), Token);

        Assert.True(await listener.WaitAsync(UntilWoken, Token));
    }

    [Fact]
    public async Task A_job_for_later_wakes_who_waits_for_schedules()
    {
        using var listener = Store.Listen(new() { Scheduled = true });
        await EnqueueAsync(Job("a", delay: TimeSpan.FromHours(2)));

        Assert.True(await listener.WaitAsync(UntilWoken, Token));
    }

    [Fact]
    public async Task Without_a_hint_a_wait_ends_in_time()
    {
        using var listener = Store.Listen(new() { Queues = [DefaultQueue] });

        // A hint may come without need, such as when a store has begun to listen.
        for (var hints = 0; await listener.WaitAsync(TimeSpan.Zero, Token); hints++)
        {
            Assert.True(hints < 10, "Hints come without end.");
            await Store.SurveyAsync(SurveyParts.Queues, Token);
        }
    }

    [Fact]
    public async Task A_wait_can_be_canceled()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        using var listener = Store.Listen(new() { Queues = [DefaultQueue] });
        var wait = WaitOnAsync();
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
        await EnqueueAsync(Job("a"));
        Assert.True(await listener.WaitAsync(UntilWoken, Token));

        // A hint may come without need, so the wait goes on after one.
        async Task WaitOnAsync()
        {
            while (true)
                await listener.WaitAsync(UntilWoken, stop.Token);
        }
    }

    [Fact]
    public async Task A_listener_may_be_disposed_twice()
    {
        var listener = Store.Listen(new() { Queues = [DefaultQueue] });
        listener.Dispose();
        listener.Dispose();

        Assert.Equal(JobState.Ready, Assert.Single((await EnqueueAsync(Job("a"))).Jobs).State);
    }
}
