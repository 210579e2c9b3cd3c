using Dibs.Sqlite.Raw;
using Dibs.Stores;

namespace Dibs.Sqlite.Steps;

/// <summary>The step of <see cref="IJobStore.EnqueueAsync"/>: all jobs or none.</summary>
internal static class Enqueuer
{
    public static EnqueueReply Run(Step step, IReadOnlyList<NewJob> jobs)
    {
        if (Refuse(step, jobs) is { } refusals)
            return new EnqueueReply(refusals, step.More, step.Counters.Mark);
        var stored = new (EnqueueOutcome Outcome, JobRow Job)[jobs.Count];
        for (var i = 0; i < stored.Length; i++)
        {
            stored[i] = step.FindJob(jobs[i].Id) is { } known
                ? (EnqueueOutcome.Existed, known)
                : (EnqueueOutcome.Stored, JobAdder.Add(step, jobs[i], requeueOf: null));
        }
        var moved = step.Heart.Work(Limits.UnitsPerStep) > 0;
        var answers = new Enqueued[stored.Length];
        for (var i = 0; i < stored.Length; i++)
        {
            var (outcome, job) = stored[i];
            answers[i] = new Enqueued(job.Id, outcome, moved ? step.GetJob(job.Seq).State : job.State);
        }
        return new EnqueueReply(answers, step.More, step.Counters.Mark);
    }

    /// <summary>What is wrong with each job, or null if nothing is wrong with any.</summary>
    private static Enqueued[]? Refuse(Step step, IReadOnlyList<NewJob> jobs)
    {
        var refused = false;
        var digests = new Dictionary<string, ReadOnlyMemory<byte>>(jobs.Count, StringComparer.Ordinal);
        var answers = new Enqueued[jobs.Count];
        for (var i = 0; i < answers.Length; i++)
        {
            var job = jobs[i];
            var known = step.FindJob(job.Id);
            if (known is not null || digests.ContainsKey(job.Id))
            {
                var digest = known is null ? digests[job.Id] : ReadDigest(step, known.Seq);
                var same = digest.Span.SequenceEqual(job.Digest.Span);
                refused |= !same;
                answers[i] = new Enqueued(job.Id, same ? EnqueueOutcome.Existed : EnqueueOutcome.IdConflict, known?.State);
                continue;
            }
            var unknown = job.After.FirstOrDefault(id => !digests.ContainsKey(id) && step.FindJob(id) is null);
            refused |= unknown is not null;
            digests.Add(job.Id, job.Digest);
            answers[i] = new Enqueued(job.Id, unknown is null ? EnqueueOutcome.NotStored : EnqueueOutcome.UnknownDependency, null, unknown);
        }
        return refused ? answers : null;
    }

    private static ReadOnlyMemory<byte> ReadDigest(Step step, long seq)
    {
        using var row = step.Sql.Use(Sql.ContentRead).Bind(seq);
        return row.Step() ? row.Blob(0) : default;
    }
}
