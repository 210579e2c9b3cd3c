namespace Dibs.Bench.Scenes;

/// <summary>
/// The whole life of a job in the store: stored, 500 per step; then claimed and settled, 256 per exchange. No client and no
/// executor. With reservations nobody waits: each job has resources of its own.
/// </summary>
internal sealed class DrainScene : IScene
{
    private const int Claims = 256;

    public async Task RunAsync(Session session, CancellationToken cancellationToken)
    {
        foreach (var reservations in (int[])[0, 1, 3])
            await MeasureAsync(session, reservations, cancellationToken);
    }

    private static async Task MeasureAsync(Session session, int reservations, CancellationToken cancellationToken)
    {
        var jobs = session.Sizes.Drained;
        var series = new Series($"drain.{reservations}", Units.JobsPerSecond);
        await session.RepeatAsync($"drain.{reservations}", MeasureOnceAsync, run => series.Add(jobs / run.Seconds, 1 / run.Bare));
        session.Add(series);

        async Task<(double Seconds, double Bare)> MeasureOnceAsync()
        {
            await using var world = await World.OpenAsync(session.Target, cancellationToken);
            await using var loop = await Loop.StartAsync(world.Store, World.FreeQueue);
            var made = world.Make(jobs, World.FreeQueue, job => Own(job, reservations));
            GC.Collect();
            var lap = Lap.Start();
            await world.EnqueueAsync(made, cancellationToken);
            var settled = await loop.DrainAsync(Claims, cancellationToken);
            var seconds = lap.Seconds;
            if (settled != jobs)
                throw new InvalidOperationException($"Of {jobs} jobs {settled} were settled.");
            return (seconds, session.Bare.Pass(jobs, Limits.JobsPerStep, Claims));
        }
    }

    private static Reservation[] Own(int job, int count) =>
        [.. Enumerable.Range(0, count).Select(n => new Reservation($"bench:{job}:{n}", ReservationMode.Exclusive))];
}
