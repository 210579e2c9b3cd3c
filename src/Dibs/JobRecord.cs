using System.Text.Json;
using System.Text.Json.Serialization;

namespace Dibs;

/// <summary>Everything known about a job at one moment. Its JSON is the JSON of a job in the contract; absent values are left out.</summary>
public sealed record JobRecord
{
    /// <summary>The id, unique in its namespace.</summary>
    public required string Id { get; init; }

    /// <summary>The separate world that the job lives in.</summary>
    public required string Namespace { get; init; }

    /// <summary>The stored method name; none for a command.</summary>
    public string? Method { get; init; }

    /// <summary>The arguments by position.</summary>
    public IReadOnlyList<JsonElement>? Args { get; init; }

    /// <summary>The arguments by parameter name.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Named { get; init; }

    /// <summary>The program and its arguments; none for a method.</summary>
    public IReadOnlyList<string>? Command { get; init; }

    /// <summary>Names of the environment variables given to the command. The values are not shown.</summary>
    public IReadOnlyList<string>? Env { get; init; }

    /// <summary>The queue.</summary>
    public required string Queue { get; init; }

    /// <summary>−100 to 100, larger first.</summary>
    public int Priority { get; init; }

    /// <summary>Where it stands.</summary>
    public required JobState State { get; init; }

    /// <summary>Why it failed or was canceled: one of <see cref="JobReasons"/>.</summary>
    public string? Reason { get; init; }

    /// <summary>What it touches, sorted by resource.</summary>
    public IReadOnlyList<ReservationRecord>? Reservations { get; init; }

    /// <summary>The jobs it comes after.</summary>
    public IReadOnlyList<string>? After { get; init; }

    /// <summary>The job whose code enqueued it.</summary>
    public string? Parent { get; init; }

    /// <summary>The final job whose content it repeats.</summary>
    public string? RequeueOf { get; init; }

    /// <summary>Labels given at enqueue.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>Text given at enqueue.</summary>
    public string? Description { get; init; }

    /// <summary>Its place in the global order of admission, while it has one.</summary>
    public long? Ticket { get; init; }

    /// <summary>The last attempt, from 1; none before the first claim.</summary>
    public int? Attempt { get; init; }

    /// <summary>The fence of the last attempt.</summary>
    public long? Fence { get; init; }

    /// <summary>Name of the worker of the last attempt.</summary>
    public string? Worker { get; init; }

    /// <summary>How long one attempt may run, if that was limited; in JSON a number of seconds.</summary>
    [JsonConverter(typeof(SecondsConverter))]
    public TimeSpan? Timeout { get; init; }

    /// <summary><see cref="OnWorkerLost.Retry"/> for a job that may begin again by itself, else none.</summary>
    public OnWorkerLost? OnWorkerLost { get; init; }

    /// <summary>When it was stored.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it is due, if a time or delay was given.</summary>
    public DateTimeOffset? RunAt { get; init; }

    /// <summary>When it got its ticket.</summary>
    public DateTimeOffset? AdmittedAt { get; init; }

    /// <summary>When it held all its reservations.</summary>
    public DateTimeOffset? ReadyAt { get; init; }

    /// <summary>When its last attempt was claimed.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it became final.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Its attempts in order, the last 32 of them.</summary>
    public IReadOnlyList<AttemptRecord>? Attempts { get; init; }

    /// <summary>What it reported of its phases, the latest state of each.</summary>
    public IReadOnlyList<ProgressRecord>? Progress { get; init; }

    /// <summary>Names of what it made.</summary>
    public IReadOnlyList<string>? Created { get; init; }

    /// <summary>What the method returned, as JSON.</summary>
    public JsonElement? Result { get; init; }

    /// <summary>How its command ended.</summary>
    public ExitRecord? Exit { get; init; }

    /// <summary>What went wrong.</summary>
    public JobError? Error { get; init; }

    /// <summary>W3C trace context of the enqueue.</summary>
    public string? Traceparent { get; init; }
}

/// <summary>A reservation of a job, and whether the job holds it.</summary>
/// <param name="Resource">Name of the resource.</param>
/// <param name="Mode">Exclusive or shared.</param>
/// <param name="Capacity">The capacity the job declares, if any.</param>
/// <param name="Held">Held, not waiting.</param>
public sealed record ReservationRecord(string Resource, ReservationMode Mode, int? Capacity, bool Held);

/// <summary>One run of a job.</summary>
public sealed record AttemptRecord
{
    /// <summary>Its number, from 1.</summary>
    public required int N { get; init; }

    /// <summary>Name of the worker.</summary>
    public required string Worker { get; init; }

    /// <summary>When it was claimed.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it ended; none while it runs.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>How it ended: one of <see cref="JobReasons"/>, <c>returned</c> for a claim given back un-run, none for a completed one.</summary>
    public string? Reason { get; init; }

    /// <summary>What went wrong.</summary>
    public JobError? Error { get; init; }
}

/// <summary>How far one phase of a job is.</summary>
public sealed record ProgressRecord
{
    /// <summary>Stable name of the phase, such as <c>sync.downloading.artifacts</c>; the message when none was given.</summary>
    public required string Code { get; init; }

    /// <summary>The phase in words.</summary>
    public required string Message { get; init; }

    /// <summary>Units done.</summary>
    public long Done { get; init; }

    /// <summary>Units in all, if known.</summary>
    public long? Total { get; init; }

    /// <summary><c>running</c>, <c>completed</c>, <c>failed</c> or <c>canceled</c>.</summary>
    public required string State { get; init; }

    /// <summary>The unit or a detail, such as a file name.</summary>
    public string? Suffix { get; init; }
}

/// <summary>How a command ended: with a code, or by a signal.</summary>
public sealed record ExitRecord
{
    /// <summary>Exit code.</summary>
    public int? Code { get; init; }

    /// <summary>Number of the signal that ended it.</summary>
    public int? Signal { get; init; }
}

/// <summary>What went wrong in a job.</summary>
public sealed record JobError
{
    /// <summary>Type of the exception, or a code such as <c>exit</c>, <c>worker-lost</c> or <c>argument-not-convertible</c>.</summary>
    public required string Type { get; init; }

    /// <summary>One line for a person.</summary>
    public required string Message { get; init; }

    /// <summary>Stack trace or last output. At most 32 KiB are kept.</summary>
    public string? Detail { get; init; }
}

/// <summary>One line that a job wrote.</summary>
/// <param name="At">Time on the worker.</param>
/// <param name="Text">The line, without its end.</param>
public sealed record LogLine(DateTimeOffset At, string Text);
