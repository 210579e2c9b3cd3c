using Dibs.Clients;

namespace Dibs.Bench.Scenes;

/// <summary>From an expression to a stored job, through the client as an application uses it.</summary>
internal sealed class EnqueueScene : IScene
{
    private const int Callers = 64;

    public async Task RunAsync(Session session, CancellationToken cancellationToken)
    {
        var sizes = session.Sizes;
        await MeasureAsync(session, "enqueue.single", sizes.Single, callers: 1, perStep: 1, SingleAsync, cancellationToken);
        await MeasureAsync(session, "enqueue.pipelined", sizes.Enqueued, Callers, perStep: 1, PipelinedAsync, cancellationToken);
        await MeasureAsync(session, "enqueue.bulk", sizes.Enqueued, callers: 1, Limits.JobsPerStep, BulkAsync, cancellationToken);
    }

    private static async Task MeasureAsync(
        Session session, string name, int jobs, int callers, int perStep, Func<IJobClient, int, CancellationToken, Task> enqueue, CancellationToken cancellationToken)
    {
        var series = new Series(name, Units.JobsPerSecond);
        await session.RepeatAsync(name, MeasureOnceAsync, run => series.Add(jobs / run.Seconds, 1 / run.Bare));
        session.Add(series);

        async Task<(double Seconds, double Bare)> MeasureOnceAsync()
        {
            await using var world = await World.OpenAsync(session.Target, cancellationToken);
            var client = new JobClient(new StoreGate(world.Store), LocalWorker.Methods, TimeProvider.System);
            var lap = Lap.Start();
            await enqueue(client, jobs, cancellationToken);
            var seconds = lap.Seconds;
            return (seconds, await session.Bare.InsertAsync(jobs, callers, perStep, cancellationToken));
        }
    }

    private static async Task SingleAsync(IJobClient client, int jobs, CancellationToken cancellationToken)
    {
        for (var i = 0; i < jobs; i++)
            await client.EnqueueAsync(() => Probe.Nothing(), cancellationToken: cancellationToken);
    }

    private static Task PipelinedAsync(IJobClient client, int jobs, CancellationToken cancellationToken) =>
        Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(() => SingleAsync(client, Share(jobs, caller), cancellationToken), cancellationToken)));

    private static Task BulkAsync(IJobClient client, int jobs, CancellationToken cancellationToken) =>
        client.EnqueueManyAsync(Enumerable.Range(0, jobs).Select(_ => JobRequest.Call(() => Probe.Nothing())), cancellationToken);

    private static int Share(int jobs, int caller) => (jobs / Callers) + (caller < jobs % Callers ? 1 : 0);
}
