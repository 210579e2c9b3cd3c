using System.Text.Json.Serialization;

namespace Dibs.Stores;

/// <summary>A change asked for by a person or a program.</summary>
public enum ChangeKind
{
    /// <summary>Of a job. Waiting: canceled at once. Running: canceling. Final: not possible.</summary>
    Cancel,

    /// <summary>Of a job. Final: a new job <c>ID~2</c> (from <c>ID~n</c>: <c>ID~(n+1)</c>) with the same content and no delay or dependencies, or the one that exists. Else: not possible.</summary>
    Requeue,

    /// <summary>Of all incarnations of a worker, by its name: they are asked to claim nothing more.</summary>
    QuietWorker,

    /// <summary>Of all incarnations of a worker, by its name: they are asked to end once what they run has had its grace.</summary>
    StopWorker,
}

/// <summary>What became of a change.</summary>
public enum ChangeOutcome
{
    /// <summary>Done.</summary>
    Done,

    /// <summary>It was so already: a cancel of a canceling job, a requeue whose new job exists, a worker of which as much or more was asked.</summary>
    Already,

    /// <summary>Not possible in its state.</summary>
    NotPossible,

    /// <summary>No such job, or no live worker of that name.</summary>
    Unknown,
}

/// <summary>What a worker was asked; a larger one holds against a smaller one.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<WorkerRequest>))]
public enum WorkerRequest
{
    /// <summary>Nothing.</summary>
    [JsonStringEnumMemberName("none")]
    None,

    /// <summary>To claim nothing more, and to live on.</summary>
    [JsonStringEnumMemberName("quiet")]
    Quiet,

    /// <summary>To drain and end, as at SIGTERM.</summary>
    [JsonStringEnumMemberName("stop")]
    Stop,
}

/// <summary>The answer for one job or worker.</summary>
/// <param name="Id">The job (for a requeue that was done, the new one), or the name of the worker.</param>
/// <param name="Outcome">What became of the change.</param>
/// <param name="State">The state after the step, if it is a job that exists.</param>
/// <param name="Asked">The least that is asked of the live workers of that name after the step, if there are any.</param>
public sealed record Changed(string Id, ChangeOutcome Outcome, JobState? State = null, WorkerRequest? Asked = null);

/// <summary>The answer to a change.</summary>
/// <param name="Items">One answer per id or name, in the order asked.</param>
/// <param name="More">Pending work is left.</param>
public sealed record ChangeReply(IReadOnlyList<Changed> Items, bool More);
