using Dibs.Bench.Bare;
using Dibs.Bench.Media;

namespace Dibs.Bench.Scenes;

/// <summary>
/// One exclusive resource with many waiting jobs, beside free ones. In each exchange the one job that holds the resource
/// is settled with 15 free ones, and the next 16 are claimed; as many are stored, so the line keeps its length.
/// </summary>
internal sealed class ContendedScene : IScene
{
    private const int FreePerExchange = 15;
    private const int JobsPerExchange = FreePerExchange + 1;
    private const int FullLine = 100_000;
    private const int WorkerSlots = 4;

    private static readonly Reservation[] Hot = [new Reservation("bench:hot", ReservationMode.Exclusive)];

    public async Task RunAsync(Session session, CancellationToken cancellationToken)
    {
        foreach (var line in session.Sizes.Waiting)
        {
            // Jobs that ended while another line was measured would be in the way of this one.
            await using var world = await World.OpenAsync(session.Target, cancellationToken);
            session.Say($"contended.{line}: storing");
            await world.EnqueueAsync(MakeHot(world, line), cancellationToken);
            await MeasureLineAsync(session, world, line, cancellationToken);
            if (line == FullLine)
                await MeasureFreeAsync(session, world, cancellationToken);
            session.Say($"contended.{line}: removing");
        }
    }

    private static Stores.NewJob[] MakeHot(World world, int count) => world.Jobs.Make(count, World.HotQueue, _ => Hot, nameof(Probe.PauseAsync));

    private static async Task MeasureLineAsync(Session session, World world, int line, CancellationToken cancellationToken)
    {
        var name = $"contended.{line}";
        var series = new Series(name, Units.Seconds);
        await using var loop = await Loop.StartAsync(world.Store, World.HotQueue, World.FreeQueue);
        await session.RepeatAsync(name, MeasureOnceAsync, run => series.Add(run.Seconds, run.Bare));
        session.Add(series);

        async Task<(double Seconds, double Bare)> MeasureOnceAsync()
        {
            var exchanges = session.Sizes.Exchanges;
            var steps = Enumerable.Range(0, exchanges).Select(_ => (Stores.NewJob[])[.. MakeHot(world, 1), .. world.Jobs.Make(FreePerExchange, World.FreeQueue)]).ToArray();
            var settled = 0;
            var seconds = await StoreSecondsAsync(session.Target.Medium, PassAsync, cancellationToken);
            var bare = new BarePass(exchanges * JobsPerExchange, JobsPerExchange, JobsPerExchange);
            var bareSeconds = await StoreSecondsAsync(session.Target.Medium, async () => bare.Rows * await session.Bare.PassAsync(bare, cancellationToken), cancellationToken);
            return (seconds / settled, bareSeconds / bare.Rows);

            async Task<double> PassAsync()
            {
                GC.Collect();
                var lap = Lap.Start();
                foreach (var step in steps)
                {
                    await world.Store.EnqueueAsync(step, cancellationToken);
                    settled += await loop.ExchangeAsync(JobsPerExchange, cancellationToken);
                }
                return lap.Seconds;
            }
        }
    }

    /// <summary>Seconds in the store: by the clock of its server if it has one, else those that pass in this process.</summary>
    private static async Task<double> StoreSecondsAsync(IMedium medium, Func<Task<double>> actAsync, CancellationToken cancellationToken)
    {
        var before = await medium.LoadAsync(cancellationToken);
        var seconds = await actAsync();
        return ServerLoad.Between(before, await medium.LoadAsync(cancellationToken))?.StepSeconds ?? seconds;
    }

    /// <summary>The line moves on meanwhile: a job that holds the resource takes a millisecond.</summary>
    private static async Task MeasureFreeAsync(Session session, World world, CancellationToken cancellationToken)
    {
        var p99 = new Series("free.p99", Units.Seconds);
        await using var worker = LocalWorker.Start(world.Store, WorkerSlots, World.HotQueue, World.FreeQueue, PickUp.Queue);
        await session.RepeatAsync("free.p99", () => PickUp.SampleAsync(world.Store, session.Sizes.PickUps, cancellationToken), samples => p99.Add(Percentile.Of(samples, 0.99)));
        session.Add(p99);
    }
}
