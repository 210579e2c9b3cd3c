using System.Text.Json;
using Dibs.Redis.Connections;
using Dibs.Redis.Records;
using Dibs.Redis.Scripts;
using Dibs.Stores;

namespace Dibs.Redis.Reading;

/// <summary>Reads why a job is not running: the facts of all jobs of its chain in one step.</summary>
internal static class WhyReader
{
    /// <summary>The job, its hops, and one more, by which the answer knows that the chain goes on.</summary>
    private const int MostJobs = Limits.ChainHops + 2;

    public static async ValueTask<WhyRecord?> ReadAsync(StepRunner steps, string id, CancellationToken cancellationToken)
    {
        var arguments = new StepArguments().Add(id).Add(MostJobs).Add(Limits.AheadCounted);
        var reply = await steps.RunAsync(Script.Why, arguments, Lane.Work, cancellationToken);
        var now = WaitAnswer.Time(reply);
        var facts = new Dictionary<string, WhyFacts>(StringComparer.Ordinal);
        foreach (var job in reply.Rest(ReadFacts))
            facts.TryAdd(job.Id, job);
        return WhyAnswer.Compose(id, now, facts.GetValueOrDefault);
    }

    private static WhyFacts ReadFacts(StepReply reply)
    {
        var (id, state, reason, worker, since) = (reply.Text(), (JobState)reply.Int32(), Reasons.FromCode(reply.Int32()), reply.TextOrNull(), WaitAnswer.Time(reply));
        var attempt = ReadAttempt(reply.Bytes(), reply.Bytes());
        return new WhyFacts(id, state, reason, worker, since, reply.Many(reply.Int32(), item => ReadCause(item, item.Text()))) { Attempt = attempt };
    }

    private static WhyAttempt? ReadAttempt(byte[] registration, byte[] rest)
    {
        if (registration.Length == 0)
            return null;
        var (method, content) = RecordReader.Work(rest);
        return new WhyAttempt(JsonSerializer.Deserialize(registration, RedisJson.Default.WorkerRegistration)!.Isolation, method, content);
    }

    private static WhyCause ReadCause(StepReply reply, string kind) => kind switch
    {
        "scheduled" => new WhyCause { Kind = kind, RunAt = WaitAnswer.Time(reply) },
        "dependency" => new WhyCause { Kind = kind, Id = reply.Text(), State = (JobState)reply.Int32() },
        "reservation" => ReadReservation(reply, kind),
        "no-slot" => new WhyCause { Kind = kind, Queue = reply.Text(), Ahead = reply.Int32() },
        "no-worker" => new WhyCause { Kind = kind, Queue = reply.Text() },
        _ => new WhyCause { Kind = kind },
    };

    private static WhyCause ReadReservation(StepReply reply, string kind)
    {
        var (resource, mode, ahead) = (reply.Text(), (ReservationMode)reply.Int32(), reply.Int32());
        var (count, first) = WaitAnswer.Holders(reply);
        return new WhyCause { Kind = kind, Resource = resource, Mode = mode, Ahead = ahead, Holders = first, HolderCount = count, Next = reply.TextOrNull() };
    }
}
