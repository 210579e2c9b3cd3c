using Dibs.Sqlite.Raw;
using Dibs.Stores;

namespace Dibs.Sqlite.Steps;

/// <summary>The step of <see cref="IJobStore.ExchangeAsync"/>: settle, work on what is pending, claim; the answer is kept.</summary>
internal static class Exchanger
{
    public static ExchangeReply Run(Step step, ExchangeRequest request)
    {
        var worker = WorkerRow.Find(step, request.Incarnation);
        if (worker?.Exchange is { } last)
        {
            if (request.Number == last)
                return Repeat(step, worker);
            if (request.Number < last)
            {
                throw new JobConflictException("stale-exchange",
                    $"Exchange {request.Number} of worker '{worker.Name}' came after exchange {last}; begin a new incarnation.");
            }
        }
        var refused = new List<AttemptKey>();
        foreach (var settlement in request.Settlements)
        {
            if (!AttemptEnder.Settle(step, settlement))
                refused.Add(settlement.Key);
        }
        step.Heart.Work(Limits.UnitsPerStep);
        var (due, mark) = (step.NextDue() is not null, step.Counters.Mark);
        if (worker is null)
            return new ExchangeReply { Claims = [], Refused = refused, Known = false, More = step.More, ReadyLeft = false, Due = due, Mark = mark };

        var claimer = new Claimer(step, worker);
        var claims = claimer.Claim(request.Claims);
        var kept = new KeptAnswer([.. claims.Select(claim => new KeptClaim(claim.Job, claim.Claim.Key.Attempt, claim.Claim.Key.Fence))],
            refused, step.More, claimer.ReadyLeft, due, mark);
        step.Sql.Use(Sql.WorkerExchange).Bind(worker.Number).Bind(claimer.Count).Bind(request.Number).Bind(kept.ToBytes()).Run();
        return Reply(kept, [.. claims.Select(claim => claim.Claim)]);
    }

    private static ExchangeReply Repeat(Step step, WorkerRow worker)
    {
        using var answer = step.Sql.Use(Sql.WorkerAnswer).Bind(worker.Number);
        if (!answer.Step())
            throw new InvalidOperationException($"Worker '{worker.Name}' has an exchange without an answer; run repair.");
        var kept = KeptAnswer.FromBytes(answer.Blob(0));
        var claims = new List<Claim>(kept.Claims.Count);
        foreach (var (job, attempt, fence) in kept.Claims)
        {
            using var row = step.Sql.Use(Sql.ClaimRead).Bind(job);
            // A claimed job that was pruned meanwhile had ended long ago: there is nothing left to run.
            if (row.Step())
                claims.Add(new Claim { Key = new AttemptKey(row.Text(0), attempt, fence), Queue = row.Text(1), Method = row.TextOrNull(3), Content = row.Blob(4) });
        }
        return Reply(kept, claims);
    }

    private static ExchangeReply Reply(KeptAnswer kept, IReadOnlyList<Claim> claims) =>
        new() { Claims = claims, Refused = kept.Refused, Known = true, More = kept.More, ReadyLeft = kept.ReadyLeft, Due = kept.Due, Mark = kept.Mark };
}
