using Dibs.Stores;

namespace Dibs.Tests.Model;

/// <summary>Makes random operations out of a seeded generator.</summary>
internal static class RandomStoreOperations
{
    private const int Workers = 3;

    /// <summary>A heartbeat that names every attempt.</summary>
    private const int AllNamed = -1;

    private static readonly string[] ResourceNames = ["p", "q", "r", "ü"];
    private static readonly string[] Queues = ["default", "default", "second", "third"];

    /// <summary>Every kind of call over few jobs and few resources, so that they meet often.</summary>
    public static StoreOperation Next(Random random) => random.Next(100) switch
    {
        < 20 => NextEnqueue(random),
        < 56 => NextExchange(random),
        < 64 => new HeartbeatOperation(random.Next(Workers), random.Next(4) == 0 ? random.Next(1 << 16) : AllNamed, random.Next(20) == 0),
        < 66 => new RegisterOperation(random.Next(Workers), random.Next(3) == 0, random.Next(3) > 0),
        < 69 => new RescueOperation(random.Next(Workers), random.Next(2) == 0),
        < 73 => new ChangeOperation(ChangeKind.Cancel, Picks(random, 2)),
        < 76 => new ChangeOperation(ChangeKind.Requeue, Picks(random, 2)),
        < 77 => new AskOperation(random.Next(3) == 0 ? ChangeKind.StopWorker : ChangeKind.QuietWorker, random.Next(Workers + 1)),
        < 84 => new TendOperation(NextRetention(random)),
        < 88 => new ReportOperation(random.Next(Workers), random.Next(), random.Next(4), random.Next(5), random.Next(4)),
        < 90 => new ListOperation(NextQuery(random)),
        < 94 => new RepeatOperation(random.Next()),
        < 99 => new ClockOperation(NextClockMove(random)),
        _ => new ReopenOperation(),
    };

    /// <summary>The same, with crowds that no single step can serve.</summary>
    public static StoreOperation NextCrowded(Random random) => random.Next(12) switch
    {
        0 => NextCrowd(random),
        < 6 => new ExchangeOperation(random.Next(Workers), NextSettlements(random, 300), random.Next(300), Insist: false),
        < 8 => new TendOperation(NextRetention(random)),
        _ => Next(random),
    };

    private static EnqueueOperation NextEnqueue(Random random) => new(
        [.. Enumerable.Range(0, random.Next(1, 3)).Select(_ => NextJob(random))],
        random.Next(8) > 0 ? EnqueueTwist.None : (EnqueueTwist)random.Next(1, 4),
        random.Next());

    private static TraceJob NextJob(Random random) => new(
        [.. ResourceNames.Where(_ => random.Next(3) == 0).Select(name => NextReservation(random, name))],
        random.Next(4) == 0 ? Picks(random, 2) : [],
        random.Next(5) == 0 ? TimeSpan.FromMilliseconds(random.Next(40_000)) : null,
        random.Next(2) == 0,
        random.Next(3) == 0 ? random.Next(-3, 4) : 0,
        Queues[random.Next(Queues.Length)],
        random.Next(4) == 0,
        random.Next(2) == 0);

    private static Reservation NextReservation(Random random, string name) => random.Next(2) == 0
        ? new(name, ReservationMode.Exclusive)
        : new(name, ReservationMode.Shared, random.Next(3) == 0 ? random.Next(1, 4) : null);

    private static CrowdOperation NextCrowd(Random random) => new(
        random.Next(Limits.UnitsPerStep, Limits.JobsPerStep),
        ResourceNames[random.Next(2)],
        random.Next(4) == 0 ? random.Next(200, 300) : null,
        random.Next(2) == 0);

    private static ExchangeOperation NextExchange(Random random) => new(
        random.Next(Workers), NextSettlements(random, 3), random.Next(5), Insist: random.Next(10) == 0);

    private static TraceSettlement[] NextSettlements(Random random, int most) =>
    [
        .. Enumerable.Range(0, random.Next(most + 1)).Select(_ => new TraceSettlement(
            random.Next(),
            NextOutcome(random),
            random.Next(15) == 0)),
    ];

    /// <summary>Crashes often enough that a job has three of them now and then.</summary>
    private static SettleOutcome NextOutcome(Random random) => random.Next(10) switch
    {
        < 5 => SettleOutcome.Completed,
        < 8 => SettleOutcome.Crashed,
        _ => (SettleOutcome)random.Next(4),
    };

    private static Retention NextRetention(Random random) => random.Next(3) switch
    {
        0 => Retention.Default,
        1 => new(TimeSpan.FromSeconds(random.Next(60, 200)), 1000),
        _ => new(TimeSpan.FromDays(1), random.Next(6)),
    };

    private static JobQuery NextQuery(Random random) => new()
    {
        Limit = random.Next(1, 6),
        States = [.. Enum.GetValues<JobState>().Where(_ => random.Next(4) == 0)],
        Queue = random.Next(3) == 0 ? Queues[random.Next(Queues.Length)] : null,
        Resource = random.Next(3) == 0 ? ResourceNames[random.Next(ResourceNames.Length)] : null,
        Worker = random.Next(6) == 0 ? "w0" : null,
        Labels = random.Next(4) == 0 ? new Dictionary<string, string> { ["odd"] = "yes" } : [],
    };

    private static TimeSpan NextClockMove(Random random) => random.Next(10) switch
    {
        0 => -TimeSpan.FromMilliseconds(random.Next(5_000)),
        < 3 => TimeSpan.FromSeconds(random.Next(60, 120)),
        < 6 => TimeSpan.FromMicroseconds(random.Next(1, 1000)),
        _ => TimeSpan.FromMilliseconds(random.Next(1, 15_000)),
    };

    private static int[] Picks(Random random, int most) => [.. Enumerable.Range(0, random.Next(1, most + 1)).Select(_ => random.Next())];
}
