using Dibs.Clients;
using Dibs.Execution;
using Dibs.Stores;
using Dibs.Stores.Memory;
using Dibs.Tests.Simulation;
using Dibs.Tests.Support;
using Dibs.Workers;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dibs.Tests.Workers;

/// <summary>What code does when it is stopped, or on its thread, is its own affair: the worker goes on.</summary>
public class StoppingTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 10)];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Seeds))]
    public void Code_that_throws_when_it_is_stopped_does_not_end_the_worker(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var scene = new WorkerScene(world) { Executor = new Code(ThrowWhenStoppedAsync) };
        var worker = scene.Work();
        var id = await scene.EnqueueAsync("throws");
        await scene.UntilAsync(id, JobState.Running);
        await scene.Store.ChangeAsync(ChangeKind.Cancel, [id], Token);
        await scene.UntilAsync(id, JobState.Canceled);
        Assert.False(worker.Run.IsCompleted);
        Assert.Contains(world.Trace, line => line.Contains("what it does when it is stopped threw", StringComparison.Ordinal));
        await worker.StopAsync();
    });

    [Theory, MemberData(nameof(Seeds))]
    public void When_a_duty_of_the_worker_fails_its_jobs_are_stopped_before_it_leaves(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var scene = new WorkerScene(world);
        var line = new FaultyStore(scene.Store);
        var worker = scene.Work(store: line);
        var id = await scene.EnqueueAsync("work 1000");
        await scene.UntilAsync(id, JobState.Running);
        line.Fault = (name, step) => name == "tend" ? throw new InvalidOperationException("a bug") : step();
        await Assert.ThrowsAsync<InvalidOperationException>(() => worker.Run);
        Assert.Equal(JobReasons.Interrupted, (await scene.GetAsync(id)).Reason);
        // What a job does when it is asked to stop runs beside the worker.
        await world.Delay(0.001);
        Assert.Empty(scene.Running);
        Assert.Empty((await scene.Store.SurveyAsync(SurveyParts.Workers, Token)).Workers);
    });

    [Fact]
    public async Task Jobs_that_block_their_threads_start_at_once_and_hold_up_no_heartbeat()
    {
        const int Jobs = 64;
        await using var store = new MemoryJobStore("default", TimeProvider.System);
        await store.EnqueueAsync([.. Enumerable.Range(0, Jobs).Select(i => SampleJobs.Job($"j{i}"))], Token);
        using var end = new ManualResetEventSlim();
        using var drain = new CancellationTokenSource();
        var running = 0;
        var executor = new Code((claim, _) =>
        {
            Interlocked.Increment(ref running);
            end.Wait(Token);
            return Task.FromResult(Outcomes.Completed(claim.Key, result: null));
        });
        var options = new WorkerOptions { Slots = Jobs, Queues = ["default"], Lease = TimeSpan.FromSeconds(3) };
        var worker = new Worker(store, new StoreWitness(NullLogger.Instance), executor, options, TestWorker.RegistrationOf("w") with { Slots = Jobs, Lease = options.Lease }, Retention.Default, Surroundings.Real, NullLogger.Instance);
        await worker.RegisterAsync(Token);
        var run = worker.RunAsync(drain.Token, CancellationToken.None);
        try
        {
            await Deadline.UntilAsync(() => Volatile.Read(ref running) == Jobs, TimeSpan.FromSeconds(10), "all jobs run");
        }
        finally
        {
            end.Set();
        }
        await drain.CancelAsync();
        await run;
    }

    private static async Task<Settlement> ThrowWhenStoppedAsync(Claim claim, JobContext context)
    {
        var stopped = new TaskCompletionSource();
        await using var first = context.CancellationToken.UnsafeRegister(_ => stopped.SetResult(), null);
        await using var second = context.CancellationToken.UnsafeRegister(_ => throw new InvalidOperationException("It does not like to be stopped."), null);
        await stopped.Task;
        return Outcomes.Stopped(claim.Key);
    }

    private sealed class Code(Func<Claim, JobContext, Task<Settlement>> run) : IJobExecutor
    {
        public string Describe(Claim claim) => claim.Method!;

        public Task<Settlement> ExecuteAsync(Claim claim, JobContext context) => run(claim, context);
    }
}
