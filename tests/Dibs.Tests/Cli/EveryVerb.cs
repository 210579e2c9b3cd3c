namespace Dibs.Tests.Cli;

/// <summary>A call of every verb, on a store with the job <c>one</c>.</summary>
internal static class EveryVerb
{
    /// <summary>The verb that measures for half a minute.</summary>
    public const string Slow = "bench --quick --store memory:";

    public static IReadOnlyList<string> Calls { get; } =
    [
        "enqueue --exclusive r -- true", "worker --allow-commands --burst --json --quiet", "job one", "jobs", "why one", "queues", "workers", "resources", "info", "verify", "repair",
        "cancel one", "requeue one", "completion bash", Slow,
    ];
}
