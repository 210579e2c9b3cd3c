namespace Dibs;

/// <summary>The base of every error that Dibs reports. The message says what happened and what to do; the code is stable.</summary>
public abstract class DibsException : Exception
{
    private protected DibsException(string code, string message, Exception? inner = null) : base(message, inner) => Code = code;

    /// <summary>A short stable name of the error, such as <c>too-many-reservations</c>.</summary>
    public string Code { get; }
}

/// <summary>What was asked cannot be stored: a value is malformed or over its limit. Nothing was changed; asking again gives the same answer.</summary>
public sealed class JobRefusedException(string code, string message, Exception? inner = null) : DibsException(code, message, inner);

/// <summary>There is no such job, or the job is not in a state in which this is possible, or its id is taken by other content, or a job would wait for one that has to wait for it. Nothing was changed.</summary>
public sealed class JobConflictException(string code, string message) : DibsException(code, message);

/// <summary>A setting is wrong: a store address, a file, an option. Nothing was changed; mend the setting and start again.</summary>
public sealed class DibsConfigurationException(string code, string message, Exception? inner = null) : DibsException(code, message, inner);

/// <summary>The store cannot be reached or failed.</summary>
public sealed class StoreException(string code, string message, bool outcomeUnknown = false, Exception? inner = null) : DibsException(code, message, inner)
{
    /// <summary>
    /// Whether the step may have been done all the same. Every step can be repeated, so try again: an enqueue with the
    /// same id within 30 seconds of the first try returns the one job.
    /// </summary>
    public bool OutcomeUnknown { get; } = outcomeUnknown;
}

/// <summary>An awaited job failed.</summary>
public sealed class JobFailedException(string id, string reason, JobError? error)
    : DibsException("job-failed", $"Job '{id}' failed ({reason}){(error is null ? "." : $": {error.Message}")}")
{
    /// <summary>The job.</summary>
    public string Id { get; } = id;

    /// <summary>One of <see cref="JobReasons"/>.</summary>
    public string Reason { get; } = reason;

    /// <summary>What the job threw or said, if anything.</summary>
    public JobError? Error { get; } = error;
}

/// <summary>An awaited job was canceled.</summary>
public sealed class JobCanceledException(string id, string reason) : DibsException("job-canceled", $"Job '{id}' was canceled ({reason}).")
{
    /// <summary>The job.</summary>
    public string Id { get; } = id;

    /// <summary>One of <see cref="JobReasons"/>.</summary>
    public string Reason { get; } = reason;
}
