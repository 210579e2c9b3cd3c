namespace Dibs.Cli.Commands;

/// <summary>What is said of a job that does not exist.</summary>
internal static class Unknown
{
    public static JobConflictException Job(string id) =>
        new("unknown-job", $"there is no job '{id}' in this namespace of this store, or no longer; see dibs jobs");
}
