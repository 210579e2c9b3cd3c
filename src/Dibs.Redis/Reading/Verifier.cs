using Dibs.Redis.Connections;
using Dibs.Redis.Scripts;
using Dibs.Stores;
using StackExchange.Redis;

namespace Dibs.Redis.Reading;

/// <summary>Compares what is derived with the records of the jobs, and sets it right if it is to; verify.lua says how.</summary>
internal static class Verifier
{
    /// <summary>Looks at entries and records in a step: with a few reservations each about 100 resources or 500 jobs.</summary>
    private const int UnitsPerStep = 500;

    /// <summary>The whole database is looked through for keys of the namespace: so many of all its keys in a step, some 2 ms.</summary>
    private const int KeysPassedPerStep = 10_000;

    public static async ValueTask<VerifyReply> StepAsync(StepRunner steps, string? cursor, bool repair, CancellationToken cancellationToken)
    {
        var from = cursor is null ? RedisValue.Null : (RedisValue)Convert.FromBase64String(cursor);
        var arguments = new StepArguments().Add(from).Add(repair).Add(UnitsPerStep).Add(KeysPassedPerStep);
        var reply = await steps.RunAsync(Script.Verify, arguments, Lane.Work, cancellationToken);
        var (next, count) = (reply.Bytes(), reply.Int32());
        var drifts = reply.Rest(item => new Drift(item.Text(), item.Text(), item.Text(), item.Text()));
        return new VerifyReply(drifts, count, next.Length == 0 ? null : Convert.ToBase64String(next));
    }
}
