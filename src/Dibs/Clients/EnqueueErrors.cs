using Dibs.Stores;

namespace Dibs.Clients;

/// <summary>What an enqueue says when the store did not take it.</summary>
internal static class EnqueueErrors
{
    /// <summary>The first job that the store refused.</summary>
    public static JobConflictException Refused(IReadOnlyList<Enqueued> answers, int alreadyStored)
    {
        var job = answers.First(answer => answer.Outcome is EnqueueOutcome.IdConflict or EnqueueOutcome.UnknownDependency);
        return job.Outcome == EnqueueOutcome.IdConflict
            ? new("id-conflict", $"Job id '{job.Id}' is taken by a job with other content. Choose another id, or leave it out.{Earlier(alreadyStored)}")
            : new("unknown-dependency", $"Job '{job.Id}' comes after '{job.Dependency}', which does not exist, or no longer. Leave it out, or enqueue it first.{Earlier(alreadyStored)}");
    }

    /// <summary>The same failure, saying which ids make it safe to try again.</summary>
    public static StoreException Failed(StoreException e, IReadOnlyList<JobDraft> step, int alreadyStored)
    {
        var outcome = !e.OutcomeUnknown ? ""
            : step.Count == 1 ? $" Job '{step[0].New.Id}' may have been stored: enqueue it again with this id within 30 s."
            : $" The {step.Count} jobs from '{step[0].New.Id}' on may have been stored, all or none: enqueue them again with the same ids within 30 s.";
        return new StoreException(e.Code, $"{e.Message}{outcome}{Earlier(alreadyStored)}", e.OutcomeUnknown, e);
    }

    private static string Earlier(int stored) => stored == 0 ? "" : $" The first {stored:N0} jobs of the call are stored.";
}
