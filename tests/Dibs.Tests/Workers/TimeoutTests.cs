using Dibs.Execution;
using Dibs.Jobs;
using Dibs.Stores;
using Dibs.Tests.Simulation;
using Dibs.Tests.Support;
using Dibs.Workers;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dibs.Tests.Workers;

/// <summary>A job may run for so long: then it is asked to stop, and after the grace killed where it can be.</summary>
public sealed class TimeoutTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 10)];

    [Theory, MemberData(nameof(Seeds))]
    public void A_job_that_hears_its_token_fails_for_the_time_out_when_it_has_passed(int seed) =>
        RunFor(seed, async (context, _) => await CanceledAsync(context.CancellationToken), Limit);

    [Theory, MemberData(nameof(Seeds))]
    public void A_job_that_ignores_its_token_is_killed_when_the_grace_has_passed_too(int seed) =>
        RunFor(seed, async (context, _) => await CanceledAsync(context.KillToken), Limit + new WorkerOptions().CancelGrace);

    [Theory, MemberData(nameof(Seeds))]
    public void What_it_throws_when_it_is_stopped_does_not_hide_the_time_out(int seed) => RunFor(seed, async (context, _) =>
    {
        await CanceledAsync(context.CancellationToken);
        throw new IOException("The line was cut.");
    }, Limit);

    [Theory, MemberData(nameof(Seeds))]
    public void A_job_that_is_done_in_spite_of_it_is_completed(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var (scene, worker, id) = await StartAsync(world, async (_, simulated) => await simulated.Delay((Limit + TimeSpan.FromSeconds(1)).TotalSeconds));
        await scene.UntilAsync(id, JobState.Completed);
        await worker.StopAsync();
    });

    [Theory, MemberData(nameof(Seeds))]
    public void A_job_that_was_canceled_before_is_canceled(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var (scene, worker, id) = await StartAsync(world, async (context, _) => await CanceledAsync(context.KillToken));
        await scene.UntilAsync(id, JobState.Running);
        await world.Delay(Limit.TotalSeconds - 1);
        await scene.Store.ChangeAsync(ChangeKind.Cancel, [id], TestContext.Current.CancellationToken);
        await scene.UntilAsync(id, JobState.Canceled);
        await worker.StopAsync();
    });

    [Theory, MemberData(nameof(Seeds))]
    public void The_store_is_told_of_a_job_that_cannot_be_killed_and_takes_its_slot(int seed) => SimulatedWorld.Run(seed, async world =>
    {
        var (scene, worker, id) = await StartAsync(world, async (_, simulated) => await simulated.Delay(60));
        await scene.UntilAsync(id, JobState.Running);
        await world.Delay((Limit + new WorkerOptions().CancelGrace).TotalSeconds - 1);
        Assert.Empty(await OverdueAsync());
        // The next heartbeat tells it, and the first one after the code has returned.
        await world.Delay(8);
        Assert.Equal([id], await OverdueAsync());
        await scene.UntilAsync(id, JobState.Completed);
        await world.Delay(7);
        Assert.Empty(await OverdueAsync());
        await worker.StopAsync();

        async Task<IReadOnlyList<string>> OverdueAsync() => (await scene.Store.SurveyAsync(SurveyParts.Workers, TestContext.Current.CancellationToken)).Workers.Single().Overdue;
    });

    [Fact]
    public void The_longest_time_out_is_longer_than_a_timer_may_run()
    {
        var claim = new Claim { Key = new AttemptKey("j", 1, 1), Queue = "default", Content = new JobContent { Timeout = TimeSpan.FromDays(365) }.ToBytes() };
        var attempt = new RunningAttempt(claim, TimeSpan.Zero, () => { }, Surroundings.Real, NullLogger.Instance);
        attempt.Begin();
        attempt.End();
        Assert.False(attempt.HasTimedOut);
    }

    private static void RunFor(int seed, Func<JobContext, SimulatedWorld, Task> code, TimeSpan expected) => SimulatedWorld.Run(seed, async world =>
    {
        var (scene, worker, id) = await StartAsync(world, code);
        await scene.UntilAsync(id, JobState.Running);
        var began = world.Elapsed;
        var job = await scene.UntilAsync(id, JobState.Failed);
        Assert.Equal(JobReasons.Timeout, job.Reason);
        Assert.Contains("time-out of 00:00:10", job.Error!.Message, StringComparison.Ordinal);
        Assert.InRange(world.Elapsed - began, expected - TimeSpan.FromSeconds(0.5), expected + TimeSpan.FromSeconds(0.5));
        await worker.StopAsync();
    });

    private static async Task<(WorkerScene Scene, SceneWorker Worker, string Id)> StartAsync(SimulatedWorld world, Func<JobContext, SimulatedWorld, Task> code)
    {
        var scene = new WorkerScene(world) { Executor = new Code(code, world) };
        var worker = scene.Work();
        await scene.Store.EnqueueAsync([SampleJobs.Job("j") with { Content = new JobContent { Timeout = Limit }.ToBytes() }], TestContext.Current.CancellationToken);
        return (scene, worker, "j");
    }

    private static async Task CanceledAsync(CancellationToken token)
    {
        var canceled = new TaskCompletionSource();
        await using var registration = token.UnsafeRegister(_ => canceled.TrySetCanceled(token), null);
        await canceled.Task;
    }

    private sealed class Code(Func<JobContext, SimulatedWorld, Task> code, SimulatedWorld world) : IJobExecutor
    {
        public string Describe(Claim claim) => "code";

        public async Task<Settlement> ExecuteAsync(Claim claim, JobContext context)
        {
            try
            {
                await code(context, world);
                return Outcomes.Completed(claim.Key, result: null);
            }
            catch (OperationCanceledException)
            {
                return Outcomes.Stopped(claim.Key);
            }
            catch (IOException failure)
            {
                return Outcomes.Threw(claim.Key, failure);
            }
        }
    }
}
