using Dibs.Bench.Bare;
using Dibs.Bench.Media;

namespace Dibs.Bench.Scenes;

/// <summary>
/// The whole life of a job in the store: stored, 500 per step; then claimed and settled, 256 per exchange. No client and no
/// executor. With reservations nobody waits: each job has resources of its own.
/// </summary>
internal sealed class DrainScene : IScene
{
    private const int Claims = 256;

    /// <summary>With so many reservations the processor time of the server is a figure too.</summary>
    private const int UsualReservations = 1;

    public async Task RunAsync(Session session, CancellationToken cancellationToken)
    {
        foreach (var reservations in (int[])[0, 1, 3])
            await MeasureAsync(session, reservations, cancellationToken);
    }

    private static async Task MeasureAsync(Session session, int reservations, CancellationToken cancellationToken)
    {
        var jobs = session.Sizes.Drained;
        var series = new Series($"drain.{reservations}", Units.JobsPerSecond);
        var processor = new Series("store.cpuPerJob", Units.Seconds);
        await session.RepeatAsync($"drain.{reservations}", MeasureOnceAsync, run =>
        {
            series.Add(jobs / run.Seconds, 1 / run.Bare);
            if (run.Cpu is { } cpu)
                processor.Add(cpu / jobs);
        });
        session.Add(series);
        if (reservations == UsualReservations && !processor.IsEmpty)
            session.Add(processor);

        async Task<(double Seconds, double? Cpu, double Bare)> MeasureOnceAsync()
        {
            await using var world = await World.OpenAsync(session.Target, cancellationToken);
            await using var loop = await Loop.StartAsync(world.Store, World.FreeQueue);
            var made = world.Jobs.Make(jobs, World.FreeQueue, job => JobMaker.Own(job, reservations));
            var before = await session.Target.Medium.LoadAsync(cancellationToken);
            GC.Collect();
            var lap = Lap.Start();
            await world.EnqueueAsync(made, cancellationToken);
            var settled = await loop.DrainAsync(Claims, cancellationToken);
            var seconds = lap.Seconds;
            if (settled != jobs)
                throw new InvalidOperationException($"Of {jobs} jobs {settled} were settled.");
            var cpu = ServerLoad.Between(before, await session.Target.Medium.LoadAsync(cancellationToken))?.CpuSeconds;
            return (seconds, cpu, await session.Bare.PassAsync(new BarePass(jobs, Limits.JobsPerStep, Claims, reservations), cancellationToken));
        }
    }
}
