using Dibs.Redis.Connections;
using Dibs.Redis.Scripts;
using Dibs.Stores;

namespace Dibs.Redis.Reading;

/// <summary>Reads jobs by their ids.</summary>
internal static class JobReader
{
    private const int JobsPerStep = 500;

    /// <summary>
    /// Up to 500 jobs and 4 MiB are one step and one view. More ids than that are read in several steps, between which the store may change.
    /// </summary>
    public static async ValueTask<IReadOnlyList<StoredJob>> GetAsync(StepRunner steps, string @namespace, IReadOnlyList<string> ids, JobParts parts, CancellationToken cancellationToken)
    {
        var jobs = new List<StoredJob>(ids.Count);
        for (var from = 0; from < ids.Count;)
        {
            var step = ids.Skip(from).Take(JobsPerStep).ToArray();
            var arguments = new StepArguments().Add(parts.HasFlag(JobParts.Details)).Add(parts.HasFlag(JobParts.Logs)).AddAll(step, (list, id) => list.Add(id));
            var reply = await steps.RunAsync(Script.Get, arguments, Lane.Work, cancellationToken);
            from += reply.Int32();
            jobs.AddRange(reply.Rest(item => JobAnswer.Read(item, @namespace, parts).Job));
        }
        return jobs;
    }
}
