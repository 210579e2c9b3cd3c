namespace Dibs.Jobs;

/// <summary>Errors that several places report in the same words.</summary>
internal static class JobErrors
{
    public static JobConflictException Unknown(string id) =>
        new("unknown-job", $"There is no job '{JobRules.Show(id)}' in this namespace, or no longer.");

    public static JobRefusedException RealToken(string what) =>
        new("argument-token", $"{what} is a real CancellationToken, which cannot be stored. Write 'default': the job gets its own token when it runs.");
}
