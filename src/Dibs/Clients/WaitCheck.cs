using Dibs.Jobs;
using Dibs.Stores;

namespace Dibs.Clients;

/// <summary>
/// Refuses a wait in the code of a job that could not end before that job has ended: reservations keep jobs that wait for them free of
/// deadlocks, but know nothing of what code waits for.
/// </summary>
internal static class WaitCheck
{
    /// <summary>Looks along the chain of <c>why</c>. What it refuses is sure; a wait that is long, or depends on several jobs, may pass.</summary>
    /// <param name="store">Where both jobs are.</param>
    /// <param name="waiter">The job in whose code we are.</param>
    /// <param name="awaited">The job that it is about to wait for.</param>
    /// <param name="cancellationToken">Gives up the look.</param>
    /// <exception cref="JobConflictException">The wait would never end (<c>endless-wait</c>).</exception>
    public static async Task RefuseEndlessAsync(IJobStore store, string waiter, string awaited, CancellationToken cancellationToken)
    {
        if (waiter == awaited)
            throw Endless($"Job '{waiter}' waits for itself in its own code, which would never end. Return what others are to know of it.");
        if (await store.WhyAsync(awaited, cancellationToken).ConfigureAwait(false) is not { Chain: var chain })
            return;
        var records = (await store.GetAsync([waiter, .. chain], JobParts.None, cancellationToken).ConfigureAwait(false))
            .Select(job => job.Record).DistinctBy(record => record.Id).ToDictionary(record => record.Id, StringComparer.Ordinal);
        // Code that outlives its attempt holds nothing any more.
        if (!records.TryGetValue(waiter, out var own) || !own.State.IsRunning())
            return;
        JobRecord? before = null;
        foreach (var id in chain)
        {
            if (!records.TryGetValue(id, out var job) || job.State is not (JobState.Scheduled or JobState.Blocked) || (before is not null && Obstacle(before, job) is null))
                return;
            if (Obstacle(job, own) is { } obstacle)
                throw Endless(waiter, awaited, id, obstacle);
            before = job;
        }
    }

    /// <summary>What keeps a job from running before another one has ended, in words; null if nothing certainly does.</summary>
    private static string? Obstacle(JobRecord job, JobRecord before)
    {
        if (job.After?.Contains(before.Id) == true)
            return $"comes after '{before.Id}'";
        var resource = job.Reservations?.FirstOrDefault(one => before.Reservations?.Any(other => Conflict(one, other)) == true)?.Resource;
        return resource is null ? null : $"needs '{JobRules.Show(resource)}', which '{before.Id}' holds until it has ended";
    }

    // Two that share a resource may wait for each other because of its capacity, but others may leave first.
    private static bool Conflict(ReservationRecord one, ReservationRecord other) =>
        one.Resource == other.Resource && (one.Mode == ReservationMode.Exclusive || other.Mode == ReservationMode.Exclusive);

    private static JobConflictException Endless(string waiter, string awaited, string last, string obstacle) => Endless(
        $"Job '{waiter}' waits for '{awaited}' in its own code, but '{last}'{(last == awaited ? "" : ", for which that one waits,")} {obstacle}: the wait would never end. "
        + $"Make what follows a job of its own that comes after '{awaited}', or enqueue '{last}' without that.");

    private static JobConflictException Endless(string message) => new("endless-wait", message);
}
