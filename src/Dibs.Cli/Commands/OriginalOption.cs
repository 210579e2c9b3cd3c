namespace Dibs.Cli.Commands;

/// <summary>
/// An option of the worker lines of Pulp, on Celery and on RQ, that <c>dibs worker</c> does not have. Who brings such a line is told
/// what became of the option.
/// </summary>
/// <param name="Names">As it was written.</param>
/// <param name="Was">What it was.</param>
/// <param name="Now">What to write instead.</param>
internal sealed record OriginalOption(string[] Names, string Was, string Now)
{
    public static IReadOnlyList<OriginalOption> All { get; } =
    [
        new(["-A", "--app-module"], "Celery's application, whose tasks it ran", "--app DLL or DIBS_APP names the assemblies whose methods are run"),
        new(["-w", "--worker-class"], "RQ's worker class, with which Pulp added its reservations", "there is one kind of worker, and reservations are in the store: leave it out"),
        new(["-Q", "--queues"], "Celery's queue of this one worker, its name again", "-q QUEUE names a queue, and no worker owns one: leave it out for the queue 'default'"),
        new(["--events", "-E"], "Celery's events for monitors", "the store knows what every worker does ('dibs workers', 'dibs jobs'): leave it out"),
        new(["--pidfile"], "Celery's file with the process id", "--pid FILE does the same"),
    ];

    /// <summary>What is said to whoever writes it.</summary>
    public string Answer => $"{Names[0]} was {Was}; in Dibs {Now}";

    public static OriginalOption? Find(string option) => All.FirstOrDefault(known => known.Names.Contains(option));
}
