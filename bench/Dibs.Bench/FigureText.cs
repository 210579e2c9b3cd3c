using System.Globalization;

namespace Dibs.Bench;

/// <summary>Figures in words and short numbers, for people.</summary>
internal static class FigureText
{
    private static readonly Dictionary<string, string> Meanings = new(StringComparer.Ordinal)
    {
        ["enqueue.single"] = "expression to stored job, one after the other",
        ["enqueue.pipelined"] = "expression to stored job, 64 callers at once",
        ["enqueue.bulk"] = "expressions to stored jobs, 500 per step",
        ["drain.0"] = "stored, claimed, settled; no reservation, no code",
        ["drain.1"] = "the same with 1 exclusive reservation each",
        ["drain.3"] = "the same with 3 exclusive reservations each",
        ["store.cpuPerJob"] = "processor time of the server per job of drain.1",
        ["drain.worker"] = "claimed, run (an empty method), settled by a worker",
        ["roundtrips.perJob"] = "calls of the store per job of that worker",
        ["pickup.p50"] = "call of enqueue to first line of the job",
        ["pickup.p99"] = "the same, 99 of 100",
        ["pickup.across.p50"] = "the same, into another process",
        ["pickup.across.p99"] = "the same, 99 of 100",
        ["contended.1000"] = "store time per job, 1,000 waiting for one resource",
        ["contended.10000"] = "store time per job, 10,000 waiting",
        ["contended.100000"] = "store time per job, 100,000 waiting",
        ["free.p99"] = "pick-up of free jobs beside 100,000 waiting",
        ["memory.perJob"] = "kept for a job with 300 bytes and 2 reservations",
        ["memory.perBareJob"] = "kept for a job without either",
        ["idle.cpu"] = "processor time of an idle worker",
        ["idle.commands"] = "commands of an idle worker to the server",
        ["worker.rss"] = "memory of an idle worker process",
        ["host.rss"] = "memory of an idle job host of it",
        ["host.latency"] = "what a job host adds to the time of an empty method",
        ["host.latency.p99"] = "the same, 99 of 100",
    };

    /// <summary>What a figure says, in a few words.</summary>
    public static string Meaning(Figure figure) => Meanings[figure.Name];

    /// <summary>A value with its unit.</summary>
    public static string Value(double value, string unit) => unit switch
    {
        Units.JobsPerSecond => Number(value, "N0", " /s"),
        Units.Seconds => value < 0.001 ? Number(value * 1e6, "N1", " µs") : Number(value * 1e3, "N2", " ms"),
        Units.Bytes => value < 1024 * 1024 ? Number(value, "N0", " B") : Number(value / (1024 * 1024), "N1", " MiB"),
        Units.PerSecond => Number(value, "N2", " /s"),
        Units.Cores => Number(value * 100, "N2", " %"),
        _ => Number(value, "N3", ""),
    };

    /// <summary>A ratio, or nothing.</summary>
    public static string? Ratio(Figure figure) => figure.Ratio is { } ratio ? Number(ratio, "N2", "") : null;

    private static string Number(double value, string format, string unit) => value.ToString(format, CultureInfo.InvariantCulture) + unit;
}
