namespace Dibs.Bench.Scenes;

/// <summary>What is kept for a job: bytes of the heap, of the file, or of the server's memory.</summary>
internal sealed class FootprintScene : IScene
{
    /// <summary>Bytes of arguments and options of a usual job.</summary>
    private const int Payload = 300;

    /// <summary>Those of a call without any.</summary>
    private const int NoPayload = 2;

    /// <summary>So many resources are wanted by all jobs together: most wait, each in two lines.</summary>
    private const int Resources = 1_000;

    public async Task RunAsync(Session session, CancellationToken cancellationToken)
    {
        await MeasureAsync(session, "memory.perJob", Payload, job => [Wanted(job), Wanted(job + 1)], cancellationToken);
        await MeasureAsync(session, "memory.perBareJob", NoPayload, _ => [], cancellationToken);
    }

    private static async Task MeasureAsync(Session session, string name, int payload, Func<int, IReadOnlyList<Reservation>> reservations, CancellationToken cancellationToken)
    {
        var (medium, jobs) = (session.Target.Medium, session.Sizes.Kept);
        var bytes = new Series(name, Units.Bytes);
        await session.RepeatAsync(name, MeasureOnceAsync, run => bytes.Add(run.Bytes, run.Bare));
        session.Add(bytes);

        async Task<(double Bytes, double Bare)> MeasureOnceAsync()
        {
            await using var world = await World.OpenAsync(session.Target, cancellationToken);
            var before = await medium.UsedAsync(cancellationToken);
            await world.EnqueueAsync(world.Jobs.Make(jobs, World.HotQueue, reservations, content: payload), cancellationToken);
            var kept = await medium.UsedAsync(cancellationToken) - before;
            return ((double)kept / jobs, await session.Bare.BytesPerRowAsync(jobs, payload, cancellationToken));
        }
    }

    private static Reservation Wanted(int job) => new($"bench:{job % Resources}", ReservationMode.Exclusive);
}
