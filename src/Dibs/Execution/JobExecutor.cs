using System.Text.Json;
using Dibs.Jobs;
using Dibs.Stores;

namespace Dibs.Execution;

/// <summary>Runs a method or a command, whichever the job is.</summary>
internal sealed class JobExecutor(MethodExecutor methods, CommandExecutor commands) : IJobExecutor
{
    public string Describe(Claim claim) => CallOf(claim);

    // Of a program only the name: its arguments may be long, or secret.
    public static string CallOf(Claim claim)
    {
        try
        {
            return claim.Method ?? JobContent.FromBytes(claim.Content.Span).Command?[0] ?? "nothing";
        }
        catch (JsonException)
        {
            return "content that cannot be read";
        }
    }

    public async Task<Settlement> ExecuteAsync(Claim claim, JobContext context)
    {
        try
        {
            var content = Read(claim);
            return claim.Method is { } method
                ? await methods.ExecuteAsync(method, content, context)
                : await commands.ExecuteAsync(content, context);
        }
        catch (OperationCanceledException) when (context.CancellationToken.IsCancellationRequested)
        {
            return Outcomes.Stopped(claim.Key);
        }
        catch (UnfitException unfit)
        {
            return Outcomes.Unfit(claim.Key, unfit);
        }
#pragma warning disable CA1031 // Whatever a job throws is how it ended, and no reason for its worker to end.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return Outcomes.Threw(claim.Key, exception);
        }
    }

    private static JobContent Read(Claim claim)
    {
        try
        {
            return JobContent.FromBytes(claim.Content.Span);
        }
        catch (JsonException e)
        {
            throw new UnfitException("bad-content", $"What is stored of the job cannot be read: {e.Message} It was not written by this version of Dibs. Run it with the version that wrote it, or enqueue it again.");
        }
    }
}
