using Dibs.Stores;

namespace Dibs.Redis.Records;

/// <summary>The four bits in which a record keeps why a job or an attempt ended. The scripts know the first four, poison and the last.</summary>
internal static class Reasons
{
    private static readonly string?[] Codes =
    [
        null, JobReasons.Canceled, JobReasons.Dependency, JobReasons.WorkerLost, JobReasons.Threw, JobReasons.Exited, JobReasons.Interrupted, JobReasons.UnknownMethod,
        JobReasons.Timeout, JobReasons.Killed, JobReasons.Memory, JobReasons.Poison, "unsigned", "expired", "replaced", Verdict.ReturnedReason,
    ];

    public static int ToCode(string? reason) => Array.IndexOf(Codes, reason) is >= 0 and var code
        ? code
        : throw new ArgumentException($"'{reason}' is no reason that a job ends for.", nameof(reason));

    public static string? FromCode(int code) => Codes[code];
}
