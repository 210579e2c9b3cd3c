namespace Dibs;

/// <summary>The limits of every input. Each is refused with an error that names value, limit and remedy.</summary>
public static class Limits
{
    /// <summary>Most reservations of one job.</summary>
    public const int Reservations = 64;

    /// <summary>Most direct dependencies of one job.</summary>
    public const int Dependencies = 64;

    /// <summary>Longest name of a resource, queue, worker, namespace, method or label, in bytes of UTF-8.</summary>
    public const int NameBytes = 256;

    /// <summary>Longest job id, in characters.</summary>
    public const int IdLength = 128;

    /// <summary>Largest stored content of a job (method or command, arguments, options) and largest result, in bytes of JSON.</summary>
    public const int PayloadBytes = 1024 * 1024;

    /// <summary>Most labels of one job; a label value has at most <see cref="NameBytes"/> bytes.</summary>
    public const int Labels = 64;

    /// <summary>Longest description, in bytes of UTF-8.</summary>
    public const int DescriptionBytes = 4096;

    /// <summary>Most jobs in one enqueue call.</summary>
    public const int JobsPerCall = 10_000;

    /// <summary>Most jobs in one enqueue step; jobs that depend on each other must fit in one.</summary>
    public const int JobsPerStep = 500;

    /// <summary>Most bytes of content in one enqueue step.</summary>
    public const int BytesPerStep = 4 * 1024 * 1024;

    /// <summary>Most log lines kept per job; the oldest go first.</summary>
    public const int LogLines = 10_000;

    /// <summary>Most bytes of output kept of a command, as log lines; the oldest go first.</summary>
    public const int CommandOutputBytes = 64 * 1024;

    /// <summary>Longest text in a progress report and longest name of a created resource, in characters.</summary>
    public const int ReportTextLength = 1024;

    /// <summary>Most progress reports kept per job.</summary>
    public const int ProgressReports = 100;

    /// <summary>Most created resources kept per job.</summary>
    public const int CreatedResources = 1000;

    /// <summary>Smallest and largest priority.</summary>
    public const int Priority = 100;

    /// <summary>Units of work that one step does on what is pending.</summary>
    public const int UnitsPerStep = 256;

    /// <summary>Most slots of one worker, and most jobs claimed in one exchange.</summary>
    public const int Slots = 1024;

    /// <summary>How often a retryable job (<see cref="OnWorkerLost.Retry"/>) is lost with its worker or job host before it fails as <see cref="JobReasons.Poison"/>.</summary>
    public const int Losses = 3;

    /// <summary>Most jobs in one page of a list.</summary>
    public const int PageSize = 1000;

    /// <summary>Holders shown by <c>why</c>; there is a count besides.</summary>
    public const int HoldersShown = 10;

    /// <summary>How far <c>why</c> counts the jobs ahead.</summary>
    public const int AheadCounted = 1000;

    /// <summary>Longest chain of waits that <c>why</c> follows, in hops.</summary>
    public const int ChainHops = 64;
}
