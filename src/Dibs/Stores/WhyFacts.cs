using Dibs.Jobs;

namespace Dibs.Stores;

/// <summary>What a store knows of one job that may be waiting.</summary>
/// <param name="Id">The job.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Reason">Why it ended so.</param>
/// <param name="Worker">Name of the worker of its last attempt.</param>
/// <param name="Since">Since when it is in this state, as far as known.</param>
/// <param name="Causes">What keeps it from being ready.</param>
public sealed record WhyFacts(string Id, JobState State, string? Reason, string? Worker, DateTimeOffset? Since, IReadOnlyList<WhyCause> Causes)
{
    /// <summary>Who could claim it, if it is ready.</summary>
    public WhyQueue? Queue { get; init; }

    /// <summary>The attempt that runs, if one does.</summary>
    public WhyAttempt? Attempt { get; init; }
}

/// <summary>The queue of a ready job.</summary>
/// <param name="Name">The queue.</param>
/// <param name="Ahead">Ready jobs before this one, counted to 1,000.</param>
/// <param name="Serving">How many workers serve it and may claim.</param>
/// <param name="Servers">Those workers; a store may leave out those that were heard of longest ago.</param>
public sealed record WhyQueue(string Name, int Ahead, int Serving, IReadOnlyList<WhyServer> Servers);

/// <summary>A worker that serves a queue.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Slots">Its slots.</param>
/// <param name="Taken">How many attempts it runs.</param>
/// <param name="Overdue">How many of them were to have stopped, at its last heartbeat.</param>
/// <param name="Heard">When it was heard of.</param>
public sealed record WhyServer(string Name, int Slots, int Taken, int Overdue, LastHeard Heard);

/// <summary>What tells when a running attempt is to stop, and whether its worker can end it.</summary>
/// <param name="Isolation">Where its worker runs methods.</param>
/// <param name="Method">The method name; null for a command.</param>
/// <param name="Content">The content of the job as it was stored.</param>
/// <param name="Heard">When its worker was heard of.</param>
public sealed record WhyAttempt(Isolation Isolation, string? Method, ReadOnlyMemory<byte> Content, LastHeard Heard)
{
    internal TimeSpan? Timeout => JobContent.TimeoutIn(Content.Span);

    internal bool IsUnkillable => Isolation == Isolation.None && Method is not null;
}

/// <summary>When an incarnation was last heard of: for people, and never for what the store decides.</summary>
/// <param name="At">When its last heartbeat was stored, by the store's clock.</param>
/// <param name="Lease">Its lease.</param>
public readonly record struct LastHeard(DateTimeOffset At, TimeSpan Lease)
{
    /// <summary>A worker that could tell its store nothing for so much of its lease claims nothing more and has told its jobs to stop, if it lives at all.</summary>
    private static readonly double MissingAfter = 2.0 / 3;

    /// <summary>Whether it is silent for so long that it may be dead.</summary>
    public bool IsMissing(DateTimeOffset now) => now - At > Lease * MissingAfter;
}
