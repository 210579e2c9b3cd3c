namespace Dibs.Stores;

/// <summary>Parts of a survey.</summary>
[Flags]
public enum SurveyParts
{
    /// <summary>Jobs by state and queue.</summary>
    Queues = 1,

    /// <summary>Live incarnations and what they run.</summary>
    Workers = 2,

    /// <summary>Resources with holders and lines, longest wait first, at most 1,000.</summary>
    Resources = 4,
}

/// <summary>The state of a namespace, as far as asked for.</summary>
public sealed record Survey
{
    /// <summary>Time of the store.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>The last ticket given.</summary>
    public required long Ticket { get; init; }

    /// <summary>Entries of pending work.</summary>
    public required int Pending { get; init; }

    /// <summary>By name.</summary>
    public IReadOnlyList<QueueRecord> Queues { get; init; } = [];

    /// <summary>By name, then start; several may have one name.</summary>
    public IReadOnlyList<WorkerRecord> Workers { get; init; } = [];

    /// <summary>Longest wait first, then by name.</summary>
    public IReadOnlyList<ResourceRecord> Resources { get; init; } = [];
}

/// <summary>A queue, which exists while a job is in it or a worker serves it. One that was asked to be quiet or to stop serves none.</summary>
public sealed record QueueRecord
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Number of jobs by state, only those above 0.</summary>
    public required IReadOnlyDictionary<JobState, long> Counts { get; init; }

    /// <summary>Live workers that serve it.</summary>
    public required int Workers { get; init; }

    /// <summary>Since when its oldest ready job is ready.</summary>
    public DateTimeOffset? OldestReadyAt { get; init; }
}

/// <summary>A live incarnation of a worker.</summary>
public sealed record WorkerRecord
{
    /// <summary>What it registered.</summary>
    public required WorkerRegistration Registration { get; init; }

    /// <summary>When it registered.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When its last heartbeat was stored, by the store's clock.</summary>
    public required DateTimeOffset BeatAt { get; init; }

    /// <summary>When it was last heard of.</summary>
    public LastHeard Heard => new(BeatAt, Registration.Lease);

    /// <summary>Its beat.</summary>
    public required long Beat { get; init; }

    /// <summary>Resident memory of its processes at its last heartbeat, in bytes; 0 before the first.</summary>
    public required long Memory { get; init; }

    /// <summary>What people asked of it.</summary>
    public required WorkerRequest Asked { get; init; }

    /// <summary>Ids of the jobs it runs.</summary>
    public required IReadOnlyList<string> Jobs { get; init; }

    /// <summary>Those of them that took a slot at its last heartbeat although they were to have stopped.</summary>
    public required IReadOnlyList<string> Overdue { get; init; }
}

/// <summary>A resource that somebody holds or waits for.</summary>
public sealed record ResourceRecord
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The mode it is held in; none while nobody holds it.</summary>
    public ReservationMode? Mode { get; init; }

    /// <summary>Its capacity for shared holders, if it has one.</summary>
    public int? Capacity { get; init; }

    /// <summary>The first 10 holders by ticket.</summary>
    public required IReadOnlyList<WhyHolder> Holders { get; init; }

    /// <summary>How many hold it.</summary>
    public required int HolderCount { get; init; }

    /// <summary>The first 10 that wait, in order.</summary>
    public required IReadOnlyList<ResourceWaiter> Line { get; init; }

    /// <summary>How many wait.</summary>
    public required int WaitingCount { get; init; }
}

/// <summary>A job that waits for a resource.</summary>
/// <param name="Id">The job.</param>
/// <param name="Mode">In which mode.</param>
/// <param name="Since">Since its admission.</param>
public sealed record ResourceWaiter(string Id, ReservationMode Mode, DateTimeOffset Since);
