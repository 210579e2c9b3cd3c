namespace Dibs.Stores;

/// <summary>An incarnation of a worker.</summary>
public sealed record WorkerRegistration
{
    /// <summary>Unique, new at each start.</summary>
    public required string Incarnation { get; init; }

    /// <summary>A label; may repeat.</summary>
    public required string Name { get; init; }

    /// <summary>The machine.</summary>
    public required string Host { get; init; }

    /// <summary>Process id.</summary>
    public required int Pid { get; init; }

    /// <summary>Version of Dibs.</summary>
    public required string Version { get; init; }

    /// <summary>Queues in the order in which they are served.</summary>
    public required IReadOnlyList<string> Queues { get; init; }

    /// <summary>Units of concurrency.</summary>
    public required int Slots { get; init; }

    /// <summary>How long its beat may stand still, 3 seconds to 1 hour.</summary>
    public required TimeSpan Lease { get; init; }

    /// <summary>Where it runs methods, and so whether it can kill them. Programs it can always kill.</summary>
    public Isolation Isolation { get; init; }
}

/// <summary>One heartbeat.</summary>
public sealed record HeartbeatRequest
{
    /// <summary>Who lives.</summary>
    public required string Incarnation { get; init; }

    /// <summary>The attempts that it runs.</summary>
    public IReadOnlyList<AttemptKey> Held { get; init; } = [];

    /// <summary>
    /// Whether it counts among those that must name a claim. A worker sends some soon after another, to hear at once what is to
    /// stop; a claim on its way to the worker may cross them, so they do not count. Default true.
    /// </summary>
    public bool Counts { get; init; } = true;

    /// <summary>Resident memory of the processes of the worker, in bytes; kept for people.</summary>
    public long Memory { get; init; }

    /// <summary>Ids of the jobs that were asked to stop, and that still run after the grace for it; kept for people.</summary>
    public IReadOnlyList<string> Overdue { get; init; } = [];

    /// <summary>The last one: forget the incarnation.</summary>
    public bool Leaving { get; init; }
}

/// <summary>The answer to a heartbeat.</summary>
public sealed record HeartbeatReply
{
    /// <summary>The store knows the incarnation. If not: register under a new one.</summary>
    public required bool Known { get; init; }

    /// <summary>Its attempts that were asked to stop.</summary>
    public required IReadOnlyList<AttemptKey> Canceling { get; init; }

    /// <summary>Attempts that it named and that do not run for it any more: stop them, their outcome will be refused.</summary>
    public required IReadOnlyList<AttemptKey> Lost { get; init; }

    /// <summary>What people asked of the incarnation.</summary>
    public required WorkerRequest Asked { get; init; }

    /// <summary>The other incarnations that beat longest ago, by order of beats and not by any clock; at most 256.</summary>
    public required IReadOnlyList<ObservedBeat> Stalest { get; init; }

    /// <summary>Pending work is left: call again at once.</summary>
    public required bool More { get; init; }

    /// <summary>How far the store has come.</summary>
    public required StoreMark Mark { get; init; }
}

/// <summary>A beat as it was seen.</summary>
/// <param name="Incarnation">Whose.</param>
/// <param name="Beat">The counter.</param>
/// <param name="Lease">The lease it registered.</param>
public sealed record ObservedBeat(string Incarnation, long Beat, TimeSpan Lease);

/// <summary>The answer to a rescue.</summary>
/// <param name="Refused">The beat moved, or the incarnation is gone: it lives, or another rescuer was first.</param>
/// <param name="Ended">Attempts that were ended.</param>
/// <param name="Name">The name of the worker that was ended, when it was known.</param>
/// <param name="More">Attempts or pending work are left: call again at once.</param>
public sealed record RescueReply(bool Refused, IReadOnlyList<AttemptKey> Ended, string? Name, bool More);
