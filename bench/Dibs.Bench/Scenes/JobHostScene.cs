using Dibs.Execution;
using Dibs.JobHosts;
using Dibs.Processes;
using Dibs.Stores;
using Dibs.Workers;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dibs.Bench.Scenes;

/// <summary>What a job host adds to an attempt: the time of an empty method in one that is ready, less that of the same in this process. No store has a part in it.</summary>
internal sealed class JobHostScene : IScene
{
    private static readonly TimeSpan Lease = TimeSpan.FromHours(1);
    private readonly JobMaker _jobs = new();
    private long _fence;

    public async Task RunAsync(Session session, CancellationToken cancellationToken)
    {
        if (session.Target.WorkerProcess is not { } start || !OperatingSystem.IsLinux())
            return;
        var command = start();
        var pool = new HostPool(
            new HostCommand(command.FileName, [.. command.ArgumentList]), new WorkerOptions { Slots = 1 }, new Orphans(ownsAllChildren: false, TimeProvider.System, NullLogger.Instance),
            Surroundings.Real, NullLogger.Instance);
        using var hosted = new HostedExecutor(pool);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        pool.Feed(Libc.Now() + (long)Lease.TotalNanoseconds);
        await hosted.StartAsync(() => { }, cancellationToken);
        var running = hosted.RunAsync(stop.Token);
        try
        {
            await MeasureAsync(session, hosted, cancellationToken);
        }
        finally
        {
            await stop.CancelAsync();
            await running;
        }
    }

    private async Task MeasureAsync(Session session, HostedExecutor hosted, CancellationToken cancellationToken)
    {
        var (p50, p99) = (new Series("host.latency", Units.Seconds), new Series("host.latency.p99", Units.Seconds));
        await using var services = LocalWorker.CreateServices();
        var local = LocalWorker.CreateExecutor(services);
        await session.RepeatAsync("host.latency", MeasureOnceAsync, run =>
        {
            p50.Add(Percentile.Of(run.Hosted, 0.50) - Percentile.Of(run.Local, 0.50));
            p99.Add(Percentile.Of(run.Hosted, 0.99) - Percentile.Of(run.Local, 0.99));
        });
        session.Add(p50, p99);

        async Task<(double[] Hosted, double[] Local)> MeasureOnceAsync() =>
            (await SampleAsync(hosted, session.Sizes.PickUps, cancellationToken), await SampleAsync(local, session.Sizes.PickUps, cancellationToken));
    }

    private async Task<double[]> SampleAsync(IJobExecutor executor, int count, CancellationToken cancellationToken)
    {
        var samples = new double[count];
        for (var i = 0; i < count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var job = _jobs.Make(1, World.FreeQueue)[0];
            var claim = new Claim { Key = new AttemptKey(job.Id, 1, ++_fence), Method = job.Method, Content = job.Content, Queue = job.Queue };
            var context = new JobContext(claim.Key, claim.Queue, TimeProvider.System, () => { }, CancellationToken.None, CancellationToken.None);
            var lap = Lap.Start();
            var settlement = await executor.ExecuteAsync(claim, context);
            samples[i] = lap.Seconds;
            if (settlement.Outcome != SettleOutcome.Completed)
                throw new InvalidOperationException($"An empty method ended as {settlement.Outcome} ({settlement.Reason}): {settlement.Error?.Message}");
        }
        return samples;
    }
}
