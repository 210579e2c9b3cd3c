using System.Globalization;
using Dibs.Jobs;

namespace Dibs.Stores;

/// <summary>What a store knows of one job that may be waiting.</summary>
/// <param name="Id">The job.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Reason">Why it ended so.</param>
/// <param name="Worker">Name of the worker of its last attempt.</param>
/// <param name="Since">Since when it is in this state, as far as known.</param>
/// <param name="Causes">What keeps it from running now.</param>
public sealed record WhyFacts(string Id, JobState State, string? Reason, string? Worker, DateTimeOffset? Since, IReadOnlyList<WhyCause> Causes)
{
    /// <summary>The attempt that runs, if one does.</summary>
    public WhyAttempt? Attempt { get; init; }
}

/// <summary>What tells when a running attempt is to stop, and whether its worker can end it.</summary>
/// <param name="Isolation">Where its worker runs methods.</param>
/// <param name="Method">The method name; null for a command.</param>
/// <param name="Content">The content of the job as it was stored.</param>
public sealed record WhyAttempt(Isolation Isolation, string? Method, ReadOnlyMemory<byte> Content)
{
    internal TimeSpan? Timeout => JobContent.TimeoutIn(Content.Span);

    internal bool IsUnkillable => Isolation == Isolation.None && Method is not null;
}

/// <summary>Puts the answer to <c>why</c> together from what a store knows, in one way for every store.</summary>
public static class WhyAnswer
{
    /// <summary>The answer for a job, or null if the store knows no such job.</summary>
    /// <param name="id">The job.</param>
    /// <param name="now">Time of the store.</param>
    /// <param name="look">The facts of a job, all from one consistent view; null if there is no such job.</param>
    public static WhyRecord? Compose(string id, DateTimeOffset now, Func<string, WhyFacts?> look)
    {
        if (look(id) is not { } first)
            return null;
        var chain = new List<string> { id };
        var root = first;
        var truncated = false;
        while (NextHop(root) is { } next && look(next) is { } facts)
        {
            if (chain.Count > Limits.ChainHops)
            {
                truncated = true;
                break;
            }
            chain.Add(next);
            root = facts;
        }
        return new WhyRecord
        {
            Id = id,
            State = first.State,
            Summary = Summarize(first, root, chain.Count, now),
            Causes = StopCause(first, now) is { } cause ? [cause] : first.Causes,
            Chain = chain,
            Truncated = truncated ? true : null,
        };
    }

    /// <summary>The job that this one waits for: the first dependency, else the first holder of the first resource, else the head of its line.</summary>
    private static string? NextHop(WhyFacts facts) => facts.State != JobState.Blocked ? null : facts.Causes
        .Select(cause => cause.Kind switch
        {
            "dependency" => cause.Id,
            "reservation" => cause.Holders is [var holder, ..] ? holder.Id : cause.Next,
            _ => null,
        })
        .FirstOrDefault(id => id is not null && id != facts.Id);

    /// <summary>Why an attempt is to end that has not ended; null if it may run on, or none runs.</summary>
    private static WhyCause? StopCause(WhyFacts job, DateTimeOffset now)
    {
        var cause = job switch
        {
            { State: JobState.Canceling } => new WhyCause { Kind = "canceling", Since = job.Since },
            { State: JobState.Running, Since: { } since, Attempt.Timeout: { } timeout } when now - since > timeout => new WhyCause { Kind = "timeout", Since = since + timeout },
            _ => null,
        };
        return cause is null ? null : cause with { Worker = job.Worker, Unkillable = job.Attempt is { IsUnkillable: true } ? true : null };
    }

    private static string Summarize(WhyFacts job, WhyFacts root, int hops, DateTimeOffset now)
    {
        var text = StopCause(job, now) is { } stop ? DescribeStop("It", stop, now) : Summarize(job);
        if (root == job || root.State == JobState.Blocked)
            return text;
        if (hops > 2)
            text += $" At the root of the wait is '{root.Id}' ({root.State.ToText()}).";
        return StopCause(root, now) is { } blame ? $"{text} {DescribeStop($"'{root.Id}'", blame, now)}" : text;
    }

    private static string DescribeStop(string subject, WhyCause cause, DateTimeOffset now)
    {
        var why = cause.Kind == "canceling" ? "was asked to stop" : "ran out of its time";
        var text = $"{subject} {why} {Age(now - cause.Since)} ago and still runs on worker '{cause.Worker}'";
        return cause.Unkillable == true
            ? $"{text}, inside the worker's own process, which cannot kill it: its slot there stays taken, and what it reserved held, until its code returns. "
                + "Let its code watch the cancellation token, or run such jobs with isolation 'process'."
            : $"{text}; it keeps its reservations until it has stopped.";
    }

    private static string Summarize(WhyFacts job) => job.State switch
    {
        JobState.Running => $"It is running on worker '{job.Worker}' since {Time(job.Since)}.",
        JobState.Completed => $"It completed on worker '{job.Worker}' at {Time(job.Since)}.",
        JobState.Failed => $"It failed ({job.Reason}) on worker '{job.Worker}' at {Time(job.Since)}.",
        JobState.Canceled => $"It was canceled ({job.Reason}) at {Time(job.Since)}.",
        JobState.Canceling or JobState.Scheduled or JobState.Blocked or JobState.Ready =>
            job.Causes.Count == 0 ? "Nothing keeps it from running." : string.Join(" Also: ", job.Causes.Select(Describe)),
    };

    private static string Describe(WhyCause cause) => cause.Kind switch
    {
        "scheduled" => $"It is due at {Time(cause.RunAt)}.",
        "dependency" => $"It comes after '{cause.Id}', which is {cause.State?.ToText()}.",
        "reservation" => DescribeReservation(cause),
        "no-worker" => $"No live worker serves the queue '{cause.Queue}'.",
        "no-slot" => $"It waits for a free slot on the queue '{cause.Queue}'{(cause.Ahead > 0 ? $", {Jobs(cause.Ahead.Value)} ahead of it" : ", first in line")}.",
        "advancing" => "It is its turn; the step that grants it what it needs is under way.",
        _ => $"It is held up: {cause.Kind}.",
    };

    private static string DescribeReservation(WhyCause cause)
    {
        var mode = cause.Mode == ReservationMode.Exclusive ? "alone" : "shared";
        var holders = cause.Holders is [var first, ..]
            ? $"held by '{first.Id}' ({first.State.ToText()}{(first.Worker is null ? "" : $" on '{first.Worker}'")}){(cause.HolderCount > 1 ? $" and {(cause.HolderCount - 1)?.ToString(CultureInfo.InvariantCulture)} more" : "")}"
            : "held by nobody";
        var ahead = cause.Ahead > 0 ? $", {Jobs(cause.Ahead.Value)} ahead of it in the line" : ", next in the line";
        return $"It needs '{cause.Resource}' {mode}: {holders}{ahead}.";
    }

    private static string Jobs(int count) => count switch
    {
        1 => "1 job is",
        >= Limits.AheadCounted => $"{Limits.AheadCounted.ToString("N0", CultureInfo.InvariantCulture)} jobs or more are",
        _ => $"{count.ToString(CultureInfo.InvariantCulture)} jobs are",
    };

    private static string Age(TimeSpan? age)
    {
        var (number, unit) = age switch
        {
            null => (0, "s"),
            { TotalMinutes: < 2 } => (age.Value.TotalSeconds, "s"),
            { TotalHours: < 2 } => (age.Value.TotalMinutes, "min"),
            _ => (age.Value.TotalHours, "h"),
        };
        return string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, Math.Floor(number)):N0} {unit}");
    }

    private static string Time(DateTimeOffset? time) => time?.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "a time not known";
}
