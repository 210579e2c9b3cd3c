using Dibs.Sqlite.Raw;
using Dibs.Stores;

namespace Dibs.Sqlite.Steps;

/// <summary>
/// Claims ready jobs for an incarnation: from its queues in their order, and every eighth from the one that waits longest in any of
/// them. One that was asked to be quiet or to stop has no queue any more.
/// </summary>
internal sealed class Claimer(Step step, WorkerRow worker)
{
    private const int FairClaimEvery = 8;
    private const int AttemptsKept = 32;
    private readonly List<string> _queues = worker.Asked == WorkerRequest.None ? worker.Queues(step.Sql) : [];

    /// <summary>Claims of the incarnation counted so far.</summary>
    public long Count { get; private set; } = worker.Claims;

    /// <summary>Whether a ready job is left in its queues.</summary>
    public bool ReadyLeft => Next(fair: false) is not null;

    /// <summary>Claims at most so many jobs; the number of each is given beside its claim.</summary>
    public List<(long Job, Claim Claim)> Claim(int most)
    {
        var claims = new List<(long, Claim)>();
        while (claims.Count < most && Next(fair: (Count + 1) % FairClaimEvery == 0) is { } ready)
        {
            Count++;
            claims.Add((ready.Job, Begin(ready.Job)));
        }
        return claims;
    }

    private Claim Begin(long job)
    {
        var fence = step.Counters.Fence = Math.Max(step.Counters.Fence + 1, step.Now);
        var claim = Read(step.Sql, job, fence);
        var attempt = claim.Key.Attempt;
        step.Sql.Use(Sql.JobClaim).Bind(job).Bind(attempt).Bind(fence).Bind(worker.Number).Bind(worker.Name).Bind(step.Now).Run();
        step.Tallies.Add(claim.Queue, JobState.Ready, -1);
        step.Tallies.Add(claim.Queue, JobState.Running, 1);
        if (attempt > AttemptsKept)
            step.Sql.Use(Sql.AttemptsTrim).Bind(job).Bind(attempt - AttemptsKept).Run();
        return claim;
    }

    private static Claim Read(Connection sql, long job, long fence)
    {
        using var row = sql.Use(Sql.ClaimRead).Bind(job);
        return row.Step()
            ? new Claim { Key = new AttemptKey(row.Text(0), row.Int32(2) + 1, fence), Queue = row.Text(1), Method = row.TextOrNull(3), Content = row.Blob(4) }
            : throw new InvalidOperationException($"Ready job number {job} is not in the store; run repair.");
    }

    private (long Job, long Key, long Ticket)? Next(bool fair)
    {
        (long Job, long Key, long Ticket)? best = null;
        // A queue that is found empty stays so for the rest of the step: nothing becomes ready while claims are made.
        for (var i = 0; i < _queues.Count; i++)
        {
            if (First(_queues[i]) is not { } first)
                _queues.RemoveAt(i--);
            else if (!fair)
                return first;
            else if (best is not { } other || (first.Key, first.Ticket).CompareTo((other.Key, other.Ticket)) < 0)
                best = first;
        }
        return best;
    }

    private (long Job, long Key, long Ticket)? First(string queue)
    {
        using var row = step.Sql.Use(Sql.ReadyFirst).Bind(step.Ns).Bind(queue);
        return row.Step() ? (row.Int64(0), row.Int64(1), row.Int64(2)) : null;
    }
}
