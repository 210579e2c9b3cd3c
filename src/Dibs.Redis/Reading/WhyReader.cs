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

    /// <summary>A namespace that has more of them is looked at in part.</summary>
    private const int MostWorkers = 256;

    private const int ServerFields = 4;
    private const string Runs = "1";
    private const string IsReady = "2";

    public static async ValueTask<WhyRecord?> ReadAsync(StepRunner steps, string id, CancellationToken cancellationToken)
    {
        var arguments = new StepArguments().Add(id).Add(MostJobs).Add(Limits.AheadCounted).Add(MostWorkers);
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
        var more = reply.Text();
        var (attempt, queue) = (more == Runs ? ReadAttempt(reply) : null, more == IsReady ? ReadQueue(reply) : null);
        return new WhyFacts(id, state, reason, worker, since, reply.Many(reply.Int32(), item => ReadCause(item, item.Text()))) { Attempt = attempt, Queue = queue };
    }

    private static WhyAttempt ReadAttempt(StepReply reply)
    {
        var (worker, at) = (WorkerAnswer.Registration(reply), WaitAnswer.Time(reply));
        var (method, content) = RecordReader.Work(reply.Bytes());
        return new WhyAttempt(worker.Isolation, method, content, new LastHeard(at, worker.Lease));
    }

    private static WhyQueue ReadQueue(StepReply reply) =>
        new(reply.Text(), reply.Int32(), reply.Int32(), reply.Many(reply.Int32() / ServerFields, ReadServer));

    private static WhyServer ReadServer(StepReply reply)
    {
        var worker = WorkerAnswer.Registration(reply);
        return new WhyServer(worker.Name, worker.Slots, reply.Int32(), WorkerAnswer.Overdue(reply).Length, new LastHeard(WaitAnswer.Time(reply), worker.Lease));
    }

    private static WhyCause ReadCause(StepReply reply, string kind) => kind switch
    {
        "scheduled" => new WhyCause { Kind = kind, RunAt = WaitAnswer.Time(reply) },
        "dependency" => new WhyCause { Kind = kind, Id = reply.Text(), State = (JobState)reply.Int32() },
        "reservation" => ReadReservation(reply, kind),
        _ => new WhyCause { Kind = kind },
    };

    private static WhyCause ReadReservation(StepReply reply, string kind)
    {
        var (resource, mode, ahead) = (reply.Text(), (ReservationMode)reply.Int32(), reply.Int32());
        var (count, first) = WaitAnswer.Holders(reply);
        return new WhyCause { Kind = kind, Resource = resource, Mode = mode, Ahead = ahead, Holders = first, HolderCount = count, Next = reply.TextOrNull() };
    }
}
