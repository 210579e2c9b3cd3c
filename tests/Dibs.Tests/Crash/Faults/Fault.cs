namespace Dibs.Tests.Crash.Faults;

internal enum StoreKind
{
    Sqlite,
    Redis,
}

/// <summary>Who is hit.</summary>
internal enum Victim
{
    Worker,
    JobHost,
    Client,
    Server,
}

internal enum Blow
{
    Kill,
    Freeze,
}

/// <summary>Somebody is killed or frozen, at a named point of a step.</summary>
internal sealed record Fault(StoreKind Store, Victim Victim, string Step, string When, Blow Blow)
{
    /// <summary>In place of a step: at any time.</summary>
    public const string AnyTime = "any-time";

    private static readonly string[] Whens = ["before", "during", "after"];

    /// <summary>The point as the processes know it; null at any time.</summary>
    public string? Point => Step == AnyTime ? null : $"{(Victim == Victim.JobHost ? "host." : "")}{Step}.{When}";

    public static IReadOnlyList<string> Steps { get; } = ["admit", "claim", "run", "settle", "heartbeat", "cancel", "rescue", "promote"];

    /// <summary>Every victim at every point that it passes. A file has no server; whoever is inside a transaction of it is hit there.</summary>
    public static IReadOnlyList<Fault> Named { get; } =
    [
        .. from store in Enum.GetValues<StoreKind>()
           from place in Points(Victim.Worker, Steps, Whens)
               .Concat(Points(Victim.JobHost, ["run"], Whens))
               .Concat(Points(Victim.JobHost, ["cancel", "heartbeat"], ["before", "after"]))
               .Concat(Points(Victim.JobHost, ["settle"], ["after"]))
               .Concat(Points(Victim.Client, ["admit", "cancel"], Whens))
               .Concat(store == StoreKind.Redis ? Points(Victim.Server, Steps, Whens) : [])
           from blow in Enum.GetValues<Blow>()
           select new Fault(store, place.Victim, place.Step, place.When, blow),
    ];

    /// <summary>A named point, or as often any time.</summary>
    public static Fault Random(Random random)
    {
        var named = Named[random.Next(Named.Count)];
        return random.Next(2) == 0 ? named : named with { Step = AnyTime, When = "" };
    }

    public override string ToString() => $"{Store} {Blow} {Victim} {Point ?? Step}";

    private static IEnumerable<(Victim Victim, string Step, string When)> Points(Victim victim, IReadOnlyList<string> steps, IReadOnlyList<string> whens) =>
        from step in steps from at in whens select (victim, step, at);
}
