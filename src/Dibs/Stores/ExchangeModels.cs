namespace Dibs.Stores;

/// <summary>Names one attempt; larger fences are later.</summary>
/// <param name="JobId">The job.</param>
/// <param name="Attempt">From 1.</param>
/// <param name="Fence">Larger than all fences given before it in the namespace.</param>
public readonly record struct AttemptKey(string JobId, int Attempt, long Fence);

/// <summary>How an attempt ended.</summary>
public enum SettleOutcome
{
    /// <summary>The job is completed.</summary>
    Completed,

    /// <summary>The job failed with <see cref="Settlement.Reason"/>.</summary>
    Failed,

    /// <summary>
    /// The code stopped because it was asked to. A job that nobody asked to stop was interrupted by its worker: it fails so, or with
    /// <see cref="OnWorkerLost.Retry"/> is ready again.
    /// </summary>
    Stopped,

    /// <summary>Never started: the job is ready again with its ticket and time; attempt and fence are used up. A canceling job is canceled.</summary>
    Returned,

    /// <summary>
    /// The job host ended under the job, for <see cref="Settlement.Reason"/>: the job fails with that, or with <see cref="OnWorkerLost.Retry"/> is
    /// ready again, until it was lost so, or with its worker, <see cref="Limits.Losses"/> times.
    /// </summary>
    Crashed,
}

/// <summary>The end of one attempt.</summary>
public sealed record Settlement
{
    /// <summary>Which attempt.</summary>
    public required AttemptKey Key { get; init; }

    /// <summary>How it ended.</summary>
    public required SettleOutcome Outcome { get; init; }

    /// <summary>With failed: one of <see cref="JobReasons"/>; with crashed: exited, killed or memory.</summary>
    public string? Reason { get; init; }

    /// <summary>What the method returned, as JSON; opaque to the store.</summary>
    public ReadOnlyMemory<byte>? Result { get; init; }

    /// <summary>How a command, or the job host, ended.</summary>
    public ExitRecord? Exit { get; init; }

    /// <summary>What went wrong.</summary>
    public JobError? Error { get; init; }
}

/// <summary>One exchange: what ended, and how many more can run.</summary>
public sealed record ExchangeRequest
{
    /// <summary>Who asks.</summary>
    public required string Incarnation { get; init; }

    /// <summary>From 1, one more each time; the same again to repeat one whose answer was lost.</summary>
    public required long Number { get; init; }

    /// <summary>Attempts that ended, at most <see cref="Limits.Slots"/>.</summary>
    public IReadOnlyList<Settlement> Settlements { get; init; } = [];

    /// <summary>Most jobs to claim, 0 to <see cref="Limits.Slots"/>.</summary>
    public int Claims { get; init; }
}

/// <summary>A job given to a worker to run.</summary>
public sealed record Claim
{
    /// <summary>The attempt.</summary>
    public required AttemptKey Key { get; init; }

    /// <summary>The method name; null for a command.</summary>
    public string? Method { get; init; }

    /// <summary>The content as it was stored.</summary>
    public required ReadOnlyMemory<byte> Content { get; init; }

    /// <summary>The queue.</summary>
    public required string Queue { get; init; }
}

/// <summary>The answer to an exchange.</summary>
public sealed record ExchangeReply
{
    /// <summary>The jobs to run now.</summary>
    public required IReadOnlyList<Claim> Claims { get; init; }

    /// <summary>Settlements that were refused, because that attempt does not run any more.</summary>
    public required IReadOnlyList<AttemptKey> Refused { get; init; }

    /// <summary>The store knows the incarnation. If not: register under a new one.</summary>
    public required bool Known { get; init; }

    /// <summary>Pending work is left: call again at once.</summary>
    public required bool More { get; init; }

    /// <summary>Ready jobs are left that the worker may claim.</summary>
    public required bool ReadyLeft { get; init; }

    /// <summary>A scheduled job is due: <see cref="IJobStore.TendAsync"/> has something to admit.</summary>
    public required bool Due { get; init; }

    /// <summary>
    /// How far the store had come before it claimed, so that a store which came back older cannot hide that behind a fence it gives now;
    /// the fences of the claims come after it.
    /// </summary>
    public required StoreMark Mark { get; init; }
}
