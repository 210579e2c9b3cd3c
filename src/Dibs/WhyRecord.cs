namespace Dibs;

/// <summary>Why a job is not running, or what it did. Its JSON is the JSON of why in the contract.</summary>
public sealed record WhyRecord
{
    /// <summary>The job.</summary>
    public required string Id { get; init; }

    /// <summary>Where it stands.</summary>
    public required JobState State { get; init; }

    /// <summary>One sentence that a person understands.</summary>
    public required string Summary { get; init; }

    /// <summary>Every cause that keeps it from running now, or from ending when it was to stop; empty when it runs as it should, or is final.</summary>
    public required IReadOnlyList<WhyCause> Causes { get; init; }

    /// <summary>Ids from this job to the running or stuck job at the root of its wait; at most 64 hops.</summary>
    public required IReadOnlyList<string> Chain { get; init; }

    /// <summary>Set when the chain goes on.</summary>
    public bool? Truncated { get; init; }
}

/// <summary>One cause. <see cref="Kind"/> says which of the other values are there.</summary>
public sealed record WhyCause
{
    /// <summary><c>reservation</c>, <c>dependency</c>, <c>scheduled</c>, <c>no-worker</c>, <c>no-slot</c>, <c>canceling</c>, <c>timeout</c>, <c>missing</c> or <c>advancing</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>reservation: the resource.</summary>
    public string? Resource { get; init; }

    /// <summary>reservation: the mode in which this job waits.</summary>
    public ReservationMode? Mode { get; init; }

    /// <summary>reservation: waiting jobs before this one, counted to 1,000; no-slot: ready jobs before this one.</summary>
    public int? Ahead { get; init; }

    /// <summary>reservation: who holds it, at most 10.</summary>
    public IReadOnlyList<WhyHolder>? Holders { get; init; }

    /// <summary>reservation: how many hold it.</summary>
    public int? HolderCount { get; init; }

    /// <summary>reservation: the job at the head of the line.</summary>
    public string? Next { get; init; }

    /// <summary>dependency: the job it comes after.</summary>
    public string? Id { get; init; }

    /// <summary>dependency: the state of that job.</summary>
    public JobState? State { get; init; }

    /// <summary>scheduled: when it is due.</summary>
    public DateTimeOffset? RunAt { get; init; }

    /// <summary>no-worker, no-slot: the queue.</summary>
    public string? Queue { get; init; }

    /// <summary>no-slot: live workers that serve the queue. Like <see cref="Slots"/> and the rest of them not there if the store has more workers than it looks at.</summary>
    public int? Workers { get; init; }

    /// <summary>no-slot: the slots of those workers.</summary>
    public int? Slots { get; init; }

    /// <summary>no-slot: how many of those slots nobody takes.</summary>
    public int? Free { get; init; }

    /// <summary>no-slot: how many of those slots are taken by jobs that were to stop and did not; not there if there is none.</summary>
    public int? Overdue { get; init; }

    /// <summary>canceling: since when; timeout: when it had passed, counted from the claim; missing, no-worker: when the worker was last heard of.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>canceling, timeout, missing: name of the worker it runs on; no-worker: the last one that served the queue, if the store has not forgotten it.</summary>
    public string? Worker { get; init; }

    /// <summary>canceling, timeout: set when it runs inside its worker's own process, so that nothing but its own code can end it.</summary>
    public bool? Unkillable { get; init; }
}

/// <summary>A job that holds a resource.</summary>
/// <param name="Id">The job.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Worker">The worker it runs on.</param>
/// <param name="Since">Since when it runs, or since when it holds all it reserved, or since when it waits.</param>
public sealed record WhyHolder(string Id, JobState State, string? Worker, DateTimeOffset? Since);
