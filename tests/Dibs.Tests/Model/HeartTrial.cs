using System.Text;
using Dibs.Reservations;
using Dibs.Tests.Support;

namespace Dibs.Tests.Model;

/// <summary>One run of operations on the heart and on the oracle, compared after every step.</summary>
internal sealed class HeartTrial : IHeartEvents
{
    /// <summary>A heart job with a name and what it comes after.</summary>
    private sealed class NamedJob(string name, IReadOnlyList<Reservation> reservations, IReadOnlyList<NamedJob> after) : HeartJob(reservations)
    {
        public string Name { get; } = name;
        public IReadOnlyList<NamedJob> After { get; } = after;
        public OracleJob Oracle { get; } = new(name, reservations);
    }

    private readonly Heart _heart;
    private readonly HeartOracle _oracle = new();
    private readonly List<NamedJob> _jobs = [];
    private readonly List<string> _decisions = [];
    private readonly StringBuilder _trace = new();
    private int _added;

    private HeartTrial() => _heart = new Heart(this);

    public static TrialFailure? Run(IReadOnlyList<HeartOperation> operations)
    {
        var trial = new HeartTrial();
        for (var step = 0; step < operations.Count; step++)
        {
            if (trial.Apply(operations[step]) is { } wrong)
                return new TrialFailure(step, wrong, trial._trace.ToString());
        }

        return trial.Finish() is { } unfinished ? new TrialFailure(operations.Count - 1, unfinished, trial._trace.ToString()) : null;
    }

    public void Admitted(HeartJob job) => _decisions.Add($"admitted {((NamedJob)job).Name}");

    public void Ready(HeartJob job) => _decisions.Add($"ready {((NamedJob)job).Name}");

    public void Broken(HeartJob job) => _decisions.Add($"broken {((NamedJob)job).Name}");

    private string? Apply(HeartOperation operation)
    {
        Change(operation);
        var (spent, expected) = (_heart.Work(operation.Budget), _oracle.Work(operation.Budget));
        _trace.AppendLine($"; work {operation.Budget}, {spent} done");
        if (spent != expected || spent > operation.Budget)
            return $"It spent {spent} units of {operation.Budget}; the oracle spent {expected}.";
        return HeartInvariants.FindBreach(_heart, [.. _jobs]) ?? Difference();
    }

    private void Change(HeartOperation operation)
    {
        switch (operation.Act)
        {
            case HeartAct.Add:
                Add(operation);
                break;
            case HeartAct.BecomeDue when Pick(operation, job => !job.Due && !job.Ended) is { } job:
                Log($"{job.Name} becomes due");
                _heart.BecomeDue(job);
                _oracle.BecomeDue(job.Oracle);
                break;
            case HeartAct.Complete or HeartAct.Fail when Pick(operation, job => job.Ticket > 0 && job.Blockers == 0) is { } job:
                End(job, completed: operation.Act == HeartAct.Complete);
                break;
            case HeartAct.Cancel when Pick(operation, job => !job.Ended) is { } job:
                End(job, completed: false);
                break;
            case HeartAct.Remove when Pick(operation, job => job is { Ended: true, IsPending: false }) is { } job:
                Remove(job);
                break;
            default:
                Log("poll");
                break;
        }
    }

    private void Add(HeartOperation operation)
    {
        var after = operation.After.Where(_ => _jobs.Count > 0).Select(pick => _jobs[pick % _jobs.Count]).Distinct().ToArray();
        var job = new NamedJob($"j{++_added}", operation.Reservations, after);
        Log($"add {job.Name} [{ReservationText.Of(operation.Reservations)}]");
        Log($" after [{string.Join(", ", after.Select(other => other.Name))}]{(operation.Due ? "" : ", not due")}");
        _jobs.Add(job);
        _heart.Add(job, after, operation.Due);
        _oracle.Add(job.Oracle, [.. after.Select(other => other.Oracle)], operation.Due);
    }

    private void End(NamedJob job, bool completed)
    {
        Log($"{job.Name} ends, {(completed ? "completed" : "not completed")}");
        _heart.End(job, completed);
        _oracle.End(job.Oracle, completed);
    }

    private void Remove(NamedJob job)
    {
        Log($"remove {job.Name}");
        _heart.Remove(job, job.After);
        _oracle.Remove(job.Oracle);
        _jobs.Remove(job);
    }

    private NamedJob? Pick(HeartOperation operation, Func<NamedJob, bool> possible) =>
        _jobs.Where(possible).ToArray() is { Length: > 0 } jobs ? jobs[operation.Pick % jobs.Length] : null;

    private void Log(string text) => _trace.Append(text);

    private string? Difference()
    {
        foreach (var job in _jobs)
        {
            var (mine, expected) = (Describe(job), Describe(job.Oracle, _oracle));
            if (mine != expected)
                return $"{job.Name} is {mine}; the oracle says {expected}.";
        }

        var names = _heart.Resources.Keys.Order(StringComparer.Ordinal).ToArray();
        if (!names.SequenceEqual(_oracle.Resources().Order(StringComparer.Ordinal)))
            return $"Stored are the resources [{string.Join(", ", names)}]; the oracle says [{string.Join(", ", _oracle.Resources())}].";
        foreach (var resource in _heart.Resources.Values)
        {
            if (resource.Capacity != _oracle.Capacity(resource.Name))
                return $"{resource.Name} has the capacity {resource.Capacity}; the oracle says {_oracle.Capacity(resource.Name)}.";
        }

        var pending = _heart.Pending.Select(Describe).ToArray();
        if (!pending.SequenceEqual(_oracle.Pending))
            return $"Pending is [{string.Join(", ", pending)}]; the oracle says [{string.Join(", ", _oracle.Pending)}].";
        return _decisions.SequenceEqual(_oracle.Decisions)
            ? null
            : $"It decided [{string.Join(", ", _decisions)}]; the oracle decided [{string.Join(", ", _oracle.Decisions)}].";
    }

    private static string Describe(NamedJob job)
    {
        var held = job.Places.Where(place => place.Held).Select(place => place.Reservation.Resource);
        return Describe(job.Ticket, job.Blockers, job.Dependencies, job.Ended, job.Completed, held);
    }

    private static string Describe(OracleJob job, HeartOracle oracle) => Describe(
        job.Ticket, job.Blockers, job.Untold.Count(oracle.Jobs.Contains), job.Ended, job.Completed, job.Held.Order(StringComparer.Ordinal));

    private static string Describe(long ticket, int blockers, int dependencies, bool ended, bool completed, IEnumerable<string> held)
    {
        var state = !ended ? "live" : completed ? "completed" : "broken";
        return $"{state}, ticket {ticket}, {blockers} blockers, {dependencies} dependencies, holds [{string.Join(", ", held)}]";
    }

    private static string Describe(PendingEntry entry) => entry switch
    {
        Resource resource => $"resource {resource.Name}",
        NamedJob job => $"job {job.Name}",
        _ => entry.ToString()!,
    };

    /// <summary>
    /// Empty polls alone empty what is pending, one unit each; from there every live ticket gets its turn, and when all jobs are
    /// final nothing is left.
    /// </summary>
    private string? Finish()
    {
        while (true)
        {
            while (_heart.PendingCount > 0)
            {
                if (_heart.Work(budget: 1) != 1)
                    return "A poll found work pending and did none.";
            }

            if (_jobs.Where(job => job.Ticket > 0).MinBy(job => job.Ticket) is { } first)
            {
                if (first.Blockers > 0)
                    return $"Nothing is pending and the smallest ticket, {first.Ticket}, is blocked.";
                _heart.End(first, completed: true);
            }
            else if (_jobs.Find(job => !job.Ended) is { } waiting)
            {
                if (waiting.Due && waiting.After.All(other => other.Ended))
                    return $"Nothing is pending and {waiting.Name} is due and waits for nobody, without a ticket.";
                _heart.End(waiting, completed: false);
            }
            else
            {
                return _heart.Resources.Count > 0 ? $"All jobs are final and {_heart.Resources.Count} resources are stored." : null;
            }
        }
    }
}
