using Dibs.Clients;
using Dibs.Stores;

namespace Dibs.Bench.Scenes;

/// <summary>How long a job waits for an idle worker: from the call of enqueue to the first line of the method. The method tells when that was.</summary>
internal sealed class PickUpScene : IScene
{
    public async Task RunAsync(Session session, CancellationToken cancellationToken)
    {
        await MeasureAsync(session, "pickup", store => Task.FromResult<IAsyncDisposable>(LocalWorker.Start(store, slots: 2, PickUp.Queue)), cancellationToken);
        if (session.Target.WorkerProcess is { } start)
            await MeasureAsync(session, "pickup.across", async store => await RemoteWorker.StartAsync(start(), store, cancellationToken), cancellationToken);
    }

    private static async Task MeasureAsync(Session session, string name, Func<IJobStore, Task<IAsyncDisposable>> startWorker, CancellationToken cancellationToken)
    {
        var (p50, p99) = (new Series($"{name}.p50", Units.Seconds), new Series($"{name}.p99", Units.Seconds));
        await using var world = await World.OpenAsync(session.Target, cancellationToken);
        await using var worker = await startWorker(world.Store);
        await session.RepeatAsync(name, MeasureOnceAsync, run =>
        {
            p50.Add(Percentile.Of(run.Samples, 0.50), Percentile.Of(run.Bare, 0.50));
            p99.Add(Percentile.Of(run.Samples, 0.99), Percentile.Of(run.Bare, 0.99));
        });
        session.Add(p50, p99);

        async Task<(IReadOnlyList<double> Samples, IReadOnlyList<double> Bare)> MeasureOnceAsync()
        {
            var samples = await PickUp.SampleAsync(world.Store, session.Sizes.PickUps, cancellationToken);
            var bare = new double[samples.Count];
            for (var i = 0; i < bare.Length; i++)
                bare[i] = await session.Bare.PickUpAsync();
            return (samples, bare);
        }
    }
}

/// <summary>Measures the time from enqueue to start.</summary>
internal static class PickUp
{
    /// <summary>The queue of the jobs that are measured: the default one, which a worker process serves.</summary>
    public const string Queue = "default";

    /// <summary>Seconds from the call of enqueue to the first line of the method, one job after the other.</summary>
    public static async Task<IReadOnlyList<double>> SampleAsync(IJobStore store, int count, CancellationToken cancellationToken)
    {
        var client = new JobClient(new StoreGate(store), LocalWorker.Methods, TimeProvider.System);
        var samples = new double[count];
        for (var i = 0; i < count; i++)
        {
            var called = TimeProvider.System.GetTimestamp();
            var job = await client.EnqueueAsync(() => Probe.Now(), new JobOptions { Queue = Queue }, cancellationToken);
            samples[i] = TimeProvider.System.GetElapsedTime(called, await job.ResultAsync(cancellationToken)).TotalSeconds;
        }
        return samples;
    }
}
