using Dibs.Redis.Connections;
using Dibs.Redis.Scripts;
using Dibs.Stores;
using StackExchange.Redis;

namespace Dibs.Redis.Reading;

/// <summary>
/// Reads pages of jobs. There is no index but the order of creation: a filter costs a look at each record, 500 in a step, so
/// that nobody waits for a search.
/// </summary>
internal static class JobLister
{
    private const int RecordsPerStep = 500;
    private const string Newest = "inf";

    public static async ValueTask<JobPage> ListAsync(StepRunner steps, string @namespace, JobQuery query, CancellationToken cancellationToken)
    {
        var before = PageCursor.Before(query);
        var found = new List<(long Sequence, StoredJob Job)>();
        do
        {
            var arguments = Arguments(query, before, query.Limit + 1 - found.Count);
            var reply = await steps.RunAsync(Script.List, arguments, Lane.Work, cancellationToken);
            before = reply.Int64();
            found.AddRange(reply.Rest(item => JobAnswer.Read(item, @namespace, query.Parts)));
        }
        while (before > 0 && found.Count <= query.Limit);
        var next = found.Count > query.Limit ? PageCursor.After(found[query.Limit - 1].Sequence) : null;
        return new JobPage([.. found.Take(query.Limit).Select(one => one.Job)], next);
    }

    private static StepArguments Arguments(JobQuery query, long before, int most) => new StepArguments()
        .Add(query.Parts.HasFlag(JobParts.Details)).Add(query.Parts.HasFlag(JobParts.Logs))
        .Add(before == long.MaxValue ? (RedisValue)Newest : before).Add(RecordsPerStep).Add(most)
        .Add(query.States.Aggregate(0, (bits, state) => bits | (1 << (int)state)))
        .Add(query.Since is { } since ? StoreTime.ToMicroseconds(since) : RedisValue.Null)
        .Add(Name(query.Queue)).Add(Name(query.Method)).Add(Name(query.Worker)).Add(Name(query.Resource))
        .AddAll(query.Labels, (list, label) => list.Add(label.Key).Add(label.Value));

    private static RedisValue Name(string? name) => name is null ? RedisValue.Null : $"={name}";
}
