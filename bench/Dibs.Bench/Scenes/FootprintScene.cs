using Dibs.Sqlite.Raw;

namespace Dibs.Bench.Scenes;

/// <summary>What is kept for a job that waits: bytes of the heap, or of the file.</summary>
internal sealed class FootprintScene : IScene
{
    public async Task RunAsync(Session session, CancellationToken cancellationToken)
    {
        var bytes = new Series("memory.perJob", Units.Bytes);
        await session.RepeatAsync("memory.perJob", MeasureOnceAsync, run => bytes.Add(run.Bytes, run.Bare));
        session.Add(bytes);

        async Task<(double Bytes, double Bare)> MeasureOnceAsync()
        {
            var jobs = session.Sizes.Kept;
            await using var world = await World.OpenAsync(session.Target, cancellationToken);
            var before = Used(session.Target);
            await world.EnqueueAsync(world.Make(jobs, World.HotQueue, _ => [new Reservation("bench:hot", ReservationMode.Exclusive)]), cancellationToken);
            var kept = Used(session.Target) - before;
            return ((double)kept / jobs, session.Bare.BytesPerRow(jobs));
        }
    }

    private static long Used(BenchTarget target)
    {
        if (target.SqliteFile is not { } file)
            return GC.GetTotalMemory(forceFullCollection: true);
        using var sql = Connection.Open(file, create: false, TimeSpan.FromSeconds(10));
        return Bare.SqliteSize.Used(sql);
    }
}
