using System.Text.Json.Serialization;

namespace Dibs;

/// <summary>What a worker does when code in its own process still runs although its lease has nearly lapsed.</summary>
public enum OnLeaseLost
{
    /// <summary>Logs it and goes on: two attempts may then overlap, and only the fence protects. The default in an app.</summary>
    Report,

    /// <summary>Ends the process at once. The default of the command line.</summary>
    Exit,
}

/// <summary>What a worker does when its store cannot be reached any more, or fails.</summary>
public enum OnStoreLoss
{
    /// <summary>
    /// Tries again, at most about a second apart, until the store is back. Running jobs go on and their outcomes are kept, but at 2/3 of the lease
    /// they are asked to stop and at 5/6 killed where they can be, since others may end their attempts when all of it has passed. The default.
    /// </summary>
    Wait,

    /// <summary>Ends the worker at once, for a supervisor to start it again. Running jobs are cut; others end their attempts when the lease has lapsed.</summary>
    Exit,
}

/// <summary>Where a worker runs the code of its jobs. Written as lower-case text outside the process.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Isolation>))]
public enum Isolation
{
    /// <summary>In its own process. Fast to start, and it shares memory with the application; but it can only be asked to stop, never killed. The default in an app.</summary>
    [JsonStringEnumMemberName("none")]
    None,

    /// <summary>
    /// In job hosts: child processes, one for each slot, that load the application and can be killed with all that they started. Linux
    /// only. The default of the command line.
    /// </summary>
    [JsonStringEnumMemberName("process")]
    Process,
}

/// <summary>How a worker works. Bound from the configuration section <c>Dibs:Worker</c>.</summary>
public sealed class WorkerOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Dibs:Worker";

    /// <summary>.NET itself needs about that much.</summary>
    internal const long LeastMaxMemory = 64L << 20;

    internal static readonly TimeSpan DefaultGrace = TimeSpan.FromSeconds(60);

    /// <summary>Its name, a label that may repeat; <c>%h</c> becomes the host name and <c>%p</c> the process id. Default <c>worker@%h</c>. 1 to 256 bytes.</summary>
    public string Name { get; set; } = "worker@%h";

    /// <summary>The queues it serves, in this order; every eighth claim takes the job that waits longest in any of them. Default: the queue <c>default</c>. At most 64.</summary>
    public IList<string> Queues { get; set; } = [];

    /// <summary>Jobs that run at once, 1 to 1,024. Default: the number of processors.</summary>
    public int Slots { get; set; } = Environment.ProcessorCount;

    /// <summary>
    /// Where it runs the code of its jobs. Default <see cref="Isolation.None"/>. With <see cref="Isolation.Process"/> the program is started once
    /// more for each slot, with the same arguments; <c>AddDibs</c> takes over there before any service starts.
    /// </summary>
    public Isolation Isolation { get; set; }

    /// <summary>
    /// Bytes of memory that a job host and all it started may use: an attempt that uses more is killed (looked at each second), and fails as
    /// <c>memory</c>. Default: no limit. From 64 MiB; only with <see cref="Isolation.Process"/>.
    /// </summary>
    public long? MaxMemory { get; set; }

    /// <summary>A job host is replaced after so many attempts. Default: never. From 1; only with <see cref="Isolation.Process"/>.</summary>
    public int? MaxJobsPerHost { get; set; }

    /// <summary>How long its heartbeat may stand still before others end its attempts. Default 30 seconds; 3 seconds to 1 hour.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long running jobs may go on when the worker is asked to stop, before their token fires. Default 60 seconds, or what
    /// <c>HostOptions.ShutdownTimeout</c> leaves of them; 0 to 1 day. In an app, another value is capped below that time-out too, with a warning.
    /// </summary>
    public TimeSpan Grace { get; set; } = DefaultGrace;

    /// <summary>How long a job may take to stop once its token fired, before it is killed where it can be. Default 5 seconds; 0 to 1 hour.</summary>
    public TimeSpan CancelGrace { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether it runs command jobs, that is, any program that someone who can write to the store names. Default no.</summary>
    public bool AllowCommands { get; set; }

    /// <summary>What it does when code still runs at 5/6 of the lease without an answered heartbeat. Default <see cref="OnLeaseLost.Report"/>.</summary>
    public OnLeaseLost OnLeaseLost { get; set; } = OnLeaseLost.Report;

    /// <summary>
    /// What it does when a step of the store fails. Default <see cref="OnStoreLoss.Wait"/>. A store that cannot be reached at start, or that
    /// refuses the settings (<see cref="DibsConfigurationException"/>), ends the worker either way.
    /// </summary>
    public OnStoreLoss OnStoreLoss { get; set; } = OnStoreLoss.Wait;

    /// <summary>Stop when no job is ready in its queues, nothing is pending and none of its own runs. Default no.</summary>
    public bool Burst { get; set; }

    /// <summary>Stop after so many jobs. Default: none. From 1.</summary>
    public long? MaxJobs { get; set; }

    /// <summary>Stop after so long without a job. Default: none. More than 0.</summary>
    public TimeSpan? MaxIdle { get; set; }
}
