using System.Collections.ObjectModel;

namespace Dibs.Stores;

/// <summary>A job to store, checked by the client: names and counts within limits, reservations sorted by resource without duplicates.</summary>
public sealed record NewJob
{
    /// <summary>The id.</summary>
    public required string Id { get; init; }

    /// <summary>SHA-256 of what the caller gave: the same id with the same digest is the same job.</summary>
    public required ReadOnlyMemory<byte> Digest { get; init; }

    /// <summary>The method name; null for a command.</summary>
    public string? Method { get; init; }

    /// <summary>The rest of the content as JSON: opaque to the store.</summary>
    public required ReadOnlyMemory<byte> Content { get; init; }

    /// <summary>The queue.</summary>
    public required string Queue { get; init; }

    /// <summary>−100 to 100, larger first.</summary>
    public int Priority { get; init; }

    /// <summary>Sorted by resource (ordinal), no resource twice; exclusive has absorbed shared.</summary>
    public IReadOnlyList<Reservation> Reservations { get; init; } = [];

    /// <summary>Jobs that must complete first, no id twice.</summary>
    public IReadOnlyList<string> After { get; init; } = [];

    /// <summary>Due so long after the store's time of this step.</summary>
    public TimeSpan? Delay { get; init; }

    /// <summary>Due at this time.</summary>
    public DateTimeOffset? RunAt { get; init; }

    /// <summary>Whether an attempt that began may begin again by itself after it was lost or interrupted.</summary>
    public OnWorkerLost OnWorkerLost { get; init; }

    /// <summary>Labels.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>The job whose code enqueues it.</summary>
    public string? Parent { get; init; }
}

/// <summary>What became of a job to store.</summary>
public enum EnqueueOutcome
{
    /// <summary>Stored now.</summary>
    Stored,

    /// <summary>It was there already, with the same content.</summary>
    Existed,

    /// <summary>The id is taken by other content. Nothing of the call was stored.</summary>
    IdConflict,

    /// <summary>A job it should come after does not exist, or no longer. Nothing of the call was stored.</summary>
    UnknownDependency,

    /// <summary>Nothing was wrong with this job, but with another one of the call.</summary>
    NotStored,
}

/// <summary>The answer for one job, in the order of the call.</summary>
/// <param name="Id">The id.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="State">Its state after the step, if it exists.</param>
/// <param name="Dependency">The unknown dependency, if that was wrong.</param>
public sealed record Enqueued(string Id, EnqueueOutcome Outcome, JobState? State, string? Dependency = null);

/// <summary>The answer to an enqueue.</summary>
/// <param name="Jobs">One answer per job, in the order of the call.</param>
/// <param name="More">Pending work is left: call <see cref="IJobStore.TendAsync"/>, or let a worker do it.</param>
/// <param name="Mark">How far the store has come.</param>
public sealed record EnqueueReply(IReadOnlyList<Enqueued> Jobs, bool More, StoreMark Mark);
