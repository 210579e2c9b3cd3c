using System.Text.Json.Serialization;

namespace Dibs;

/// <summary>Where a job stands. Written as lower-case text outside the process.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<JobState>))]
public enum JobState
{
    /// <summary>Not due yet.</summary>
    [JsonStringEnumMemberName("scheduled")]
    Scheduled,

    /// <summary>Due, but a dependency has not ended or a reservation is not held yet.</summary>
    [JsonStringEnumMemberName("blocked")]
    Blocked,

    /// <summary>Holds all its reservations and waits for a slot.</summary>
    [JsonStringEnumMemberName("ready")]
    Ready,

    /// <summary>An attempt is running on a worker.</summary>
    [JsonStringEnumMemberName("running")]
    Running,

    /// <summary>A running job that was asked to stop. It ends only in <see cref="Canceled"/>.</summary>
    [JsonStringEnumMemberName("canceling")]
    Canceling,

    /// <summary>Ended well. Final.</summary>
    [JsonStringEnumMemberName("completed")]
    Completed,

    /// <summary>Ended badly; the reason says how. Final.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,

    /// <summary>Stopped by a person, a program or a dependency. Final.</summary>
    [JsonStringEnumMemberName("canceled")]
    Canceled,
}

/// <summary>What is true of a state, and how it is written.</summary>
public static class JobStates
{
    private static readonly string[] Names = [.. Enum.GetNames<JobState>().Select(name => name.ToLowerInvariant())];

    /// <summary>All states as text, in the order of the life of a job.</summary>
    public static IReadOnlyList<string> All => Names;

    /// <summary>Whether a job in this state never changes again.</summary>
    public static bool IsFinal(this JobState state) => state >= JobState.Completed;

    /// <summary>Whether an attempt of the job runs on a worker.</summary>
    public static bool IsRunning(this JobState state) => state is JobState.Running or JobState.Canceling;

    /// <summary>The state as it is written in JSON and on the command line.</summary>
    public static string ToText(this JobState state) => Names[(int)state];

    /// <summary>Reads a state as <see cref="ToText"/> writes it; false for any other text.</summary>
    public static bool TryParse(string text, out JobState state)
    {
        var index = Array.IndexOf(Names, text);
        state = (JobState)Math.Max(index, 0);
        return index >= 0;
    }
}

/// <summary>Why a job ended as it did: the values of <c>reason</c>.</summary>
public static class JobReasons
{
    /// <summary>Failed: the method threw, or it and what is stored of the job do not fit: then the type of the error is a code, such as <c>argument-not-convertible</c>.</summary>
    public const string Threw = "threw";

    /// <summary>Failed: a command ended with another exit code than 0 or by a signal it was not sent by us, or a job host ended itself.</summary>
    public const string Exited = "exited";

    /// <summary>Failed: its time-out had passed.</summary>
    public const string Timeout = "timeout";

    /// <summary>Failed: its job host was ended by a signal.</summary>
    public const string Killed = "killed";

    /// <summary>Failed: it used more memory than its worker allows.</summary>
    public const string Memory = "memory";

    /// <summary>Failed: its worker was lost before an outcome was stored.</summary>
    public const string WorkerLost = "worker-lost";

    /// <summary>Failed: its worker had to stop before the job ended.</summary>
    public const string Interrupted = "interrupted";

    /// <summary>Failed: it is retryable, and was lost with its worker or job host <see cref="Limits.Losses"/> times.</summary>
    public const string Poison = "poison";

    /// <summary>Failed: no method of that name is known to the worker that claimed it.</summary>
    public const string UnknownMethod = "unknown-method";

    /// <summary>Canceled: by a person or a program.</summary>
    public const string Canceled = "canceled";

    /// <summary>Canceled: a job it had to come after failed or was canceled.</summary>
    public const string Dependency = "dependency";
}
