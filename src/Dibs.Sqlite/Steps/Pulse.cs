using Dibs.Sqlite.Raw;
using Dibs.Stores;

namespace Dibs.Sqlite.Steps;

/// <summary>The steps that keep the incarnations of workers: register, heartbeat, rescue.</summary>
internal static class Pulse
{
    private const int UnnamedBeatsAllowed = 1;
    private const int StalestShown = 256;

    public static bool Register(Step step, WorkerRegistration registration)
    {
        var isNew = WorkerRow.Find(step, registration.Incarnation) is null;
        if (isNew)
            step.Counters.BeatOrder++;
        var worker = step.Sql.Use(Sql.WorkerSave).Bind(step.Ns).Bind(registration.Incarnation).Bind(registration.Name).Bind(registration.Host)
            .Bind(registration.Pid).Bind(registration.Version).Bind(registration.Slots).Bind((long)registration.Lease.TotalMicroseconds)
            .Bind((int)registration.Isolation).Bind(step.Now).Bind(step.Counters.BeatOrder).Scalar()!.Value;
        step.Sql.Use(Sql.WorkerQueuesDelete).Bind(worker).Run();
        for (var n = 0; n < registration.Queues.Count; n++)
            step.Sql.Use(Sql.WorkerQueueInsert).Bind(worker).Bind(n).Bind(step.Ns).Bind(registration.Queues[n]).Run();
        return isNew;
    }

    public static HeartbeatReply Beat(Step step, HeartbeatRequest request)
    {
        if (WorkerRow.Find(step, request.Incarnation) is not { } worker)
            return new HeartbeatReply { Known = false, Canceling = [], Lost = request.Held, Asked = WorkerRequest.None, Stalest = Stalest(step, except: 0), More = step.More, Mark = step.Counters.Mark };
        var running = worker.Jobs(step.Sql);
        var keys = running.Select(job => job.Key).ToHashSet();
        var lost = request.Held.Where(key => !keys.Contains(key)).ToArray();
        step.Sql.Use(Sql.WorkerBeat).Bind(worker.Number).Bind(++step.Counters.BeatOrder).Bind(step.Now).Bind(request.Memory)
            .Bind(string.Join(' ', request.Overdue)).Run();
        var left = false;
        var ended = request.Leaving ? EndAll(step, worker, out left) : request.Counts ? EndUnnamed(step, worker, running, request.Held) : 0;
        step.Heart.Work(Limits.UnitsPerStep - ended);
        return new HeartbeatReply
        {
            Known = true,
            Canceling = [.. worker.Jobs(step.Sql).Where(job => job.State == JobState.Canceling).Select(job => job.Key)],
            Lost = lost,
            Asked = worker.Asked,
            Stalest = Stalest(step, worker.Number),
            More = step.More || left,
            Mark = step.Counters.Mark,
        };
    }

    public static RescueReply Rescue(Step step, ObservedBeat observed)
    {
        if (WorkerRow.Find(step, observed.Incarnation) is not { } worker || worker.Beat != observed.Beat)
            return new RescueReply(true, [], null, step.More);
        var (ended, left) = AttemptEnder.LoseAll(step, worker);
        step.Heart.Work(Limits.UnitsPerStep - ended.Length);
        return new RescueReply(false, ended, worker.Name, step.More || left);
    }

    /// <summary>Asks all incarnations of a name, each of which keeps the most that was asked of it.</summary>
    public static Changed Ask(Step step, string name, WorkerRequest request)
    {
        var isNew = false;
        using (var row = step.Sql.Use(Sql.WorkerAsk).Bind(step.Ns).Bind(name).Bind((int)request))
        {
            for (; row.Step(); isNew = true)
                step.Hints.Incarnations.Add(row.Text(0));
        }
        return step.Sql.Use(Sql.WorkerAsked).Bind(step.Ns).Bind(name).Scalar() is { } asked
            ? new Changed(name, isNew ? ChangeOutcome.Done : ChangeOutcome.Already, Asked: (WorkerRequest)asked)
            : new Changed(name, ChangeOutcome.Unknown);
    }

    private static int EndAll(Step step, WorkerRow worker, out bool left)
    {
        (var ended, left) = AttemptEnder.LoseAll(step, worker);
        return ended.Length;
    }

    /// <summary>Ends claims whose reply was lost: no heartbeat named them twice in a row.</summary>
    private static int EndUnnamed(Step step, WorkerRow worker, List<JobRow> running, IReadOnlyList<AttemptKey> held)
    {
        var named = held.ToHashSet();
        var ended = 0;
        foreach (var job in running)
        {
            var unnamed = named.Contains(job.Key) ? 0 : job.Unnamed + 1;
            if (unnamed > UnnamedBeatsAllowed && ended < Limits.UnitsPerStep)
            {
                AttemptEnder.Lose(step, worker, job);
                ended++;
            }
            else if (unnamed != job.Unnamed)
            {
                step.Sql.Use(Sql.JobUnnamed).Bind(job.Seq).Bind(unnamed).Run();
            }
        }
        return ended;
    }

    private static List<ObservedBeat> Stalest(Step step, long except)
    {
        var stalest = new List<ObservedBeat>();
        using var row = step.Sql.Use(Sql.WorkersStalest).Bind(step.Ns).Bind(except).Bind(StalestShown);
        while (row.Step())
            stalest.Add(new ObservedBeat(row.Text(0), row.Int64(1), TimeSpan.FromMicroseconds(row.Int64(2))));
        return stalest;
    }
}
