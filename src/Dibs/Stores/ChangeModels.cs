namespace Dibs.Stores;

/// <summary>A change asked for by a person or a program.</summary>
public enum JobChange
{
    /// <summary>Waiting: canceled at once. Running: canceling. Final: not possible.</summary>
    Cancel,

    /// <summary>Final: a new job <c>ID~2</c> (from <c>ID~n</c>: <c>ID~(n+1)</c>) with the same content and no delay or dependencies, or the one that exists. Else: not possible.</summary>
    Requeue,
}

/// <summary>What became of a change.</summary>
public enum ChangeOutcome
{
    /// <summary>Done.</summary>
    Done,

    /// <summary>It was so already: a cancel of a canceling job, a requeue whose new job exists.</summary>
    Already,

    /// <summary>Not possible in its state.</summary>
    NotPossible,

    /// <summary>No such job.</summary>
    Unknown,
}

/// <summary>The answer for one job.</summary>
/// <param name="Id">The job; for a requeue that was done, the new job.</param>
/// <param name="Outcome">What became of the change.</param>
/// <param name="State">The state after the step, if the job exists.</param>
public sealed record ChangedJob(string Id, ChangeOutcome Outcome, JobState? State);

/// <summary>The answer to a change.</summary>
/// <param name="Jobs">One answer per id, in the order asked.</param>
/// <param name="More">Pending work is left.</param>
public sealed record ChangeReply(IReadOnlyList<ChangedJob> Jobs, bool More);
