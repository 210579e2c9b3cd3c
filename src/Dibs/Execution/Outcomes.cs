using Dibs.Jobs;
using Dibs.Stores;

namespace Dibs.Execution;

/// <summary>The settlements that executors come to.</summary>
internal static class Outcomes
{
    private const int MostMessage = 4 * 1024;
    private const int MostDetail = 32 * 1024;

    public static Settlement Completed(AttemptKey key, ReadOnlyMemory<byte>? result) =>
        new() { Key = key, Outcome = SettleOutcome.Completed, Result = result };

    public static Settlement Stopped(AttemptKey key) => new()
    {
        Key = key,
        Outcome = SettleOutcome.Stopped,
        Error = new JobError { Type = JobReasons.Interrupted, Message = "The job was asked to stop before it had ended." },
    };

    public static Settlement Returned(AttemptKey key) => new() { Key = key, Outcome = SettleOutcome.Returned };

    public static Settlement Failed(AttemptKey key, string reason, JobError error, ExitRecord? exit = null) => new()
    {
        Key = key,
        Outcome = SettleOutcome.Failed,
        Reason = reason,
        Exit = exit,
        Error = error with { Message = Cut(error.Message, MostMessage), Detail = error.Detail is { } detail ? Cut(detail, MostDetail) : null },
    };

    /// <summary>Its job host ended under it.</summary>
    public static Settlement Crashed(AttemptKey key, string reason, JobError error, ExitRecord? exit = null) =>
        Failed(key, reason, error, exit) with { Outcome = SettleOutcome.Crashed };

    /// <summary>What became of an attempt whose time-out had passed, unless it was completed in spite of that.</summary>
    public static Settlement TimedOut(Settlement settlement, TimeSpan timeout) => settlement.Outcome == SettleOutcome.Completed ? settlement : Failed(
        settlement.Key, JobReasons.Timeout, new JobError { Type = JobReasons.Timeout, Message = $"The job ran longer than its time-out of {timeout}.", Detail = settlement.Error?.Detail }, settlement.Exit);

    public static Settlement Threw(AttemptKey key, Exception exception) => Failed(key, JobReasons.Threw, Error(exception));

    /// <summary>The code of the job threw nothing: it and what is stored do not fit. Only the stack of what lay below can help anybody.</summary>
    public static Settlement Unfit(AttemptKey key, UnfitException unfit) =>
        Failed(key, JobReasons.Threw, new JobError { Type = unfit.Code, Message = unfit.Message, Detail = unfit.InnerException?.ToString() });

    private static JobError Error(Exception exception)
    {
        // ToString and not FullName, which names the assemblies of type arguments.
        var type = exception.GetType().ToString();
        try
        {
            return new JobError { Type = type, Message = exception.Message ?? $"The job threw {type}, whose message is null.", Detail = exception.ToString() };
        }
#pragma warning disable CA1031 // Both are code of the application, which may throw anything; the attempt has to end all the same.
        catch (Exception own)
#pragma warning restore CA1031
        {
            return new JobError { Type = type, Message = $"The job threw {type}, whose own message cannot be read: that threw {own.GetType().FullName}." };
        }
    }

    private static string Cut(string text, int most) => text.Length <= most ? text : $"{text[..(most - 1)]}…";
}
