using System.Globalization;

namespace Dibs.Stores;

/// <summary>Says in a sentence why a job is not running.</summary>
internal static class WhyText
{
    /// <summary>A job that can be claimed is claimed within a poll interval, which is a second, even if its hint was lost.</summary>
    private static readonly TimeSpan ClaimedWithin = TimeSpan.FromSeconds(5);

    public static string Of(WhyFacts job, IReadOnlyList<WhyCause> causes, DateTimeOffset now) =>
        causes.Count == 0 ? Of(job) : string.Join(" Also: ", causes.Select(cause => Describe("It", job, cause, now)));

    /// <summary>What is to be said of the job at the end of a chain of so many, behind what was said of the first.</summary>
    public static string OfRoot(WhyFacts root, IReadOnlyList<WhyCause> causes, int hops, DateTimeOffset now)
    {
        if (root.State == JobState.Blocked)
            return "";
        var text = hops > 2 ? $" At the root of the wait is '{root.Id}' ({root.State.ToText()})." : "";
        // When a scheduled job is due, or what it comes after, stands in its own answer.
        return root.State == JobState.Scheduled ? text : text + string.Concat(causes.Select(cause => $" {Describe($"'{root.Id}'", root, cause, now)}"));
    }

    private static string Of(WhyFacts job) => job.State switch
    {
        JobState.Running => $"It is running on worker '{job.Worker}' since {Time(job.Since)}.",
        JobState.Completed => $"It completed on worker '{job.Worker}' at {Time(job.Since)}.",
        JobState.Failed => $"It failed ({job.Reason}) on worker '{job.Worker}' at {Time(job.Since)}.",
        JobState.Canceled => $"It was canceled ({job.Reason}) at {Time(job.Since)}.",
        JobState.Canceling or JobState.Scheduled or JobState.Blocked or JobState.Ready => "Nothing keeps it from running.",
    };

    private static string Describe(string subject, WhyFacts job, WhyCause cause, DateTimeOffset now) => cause.Kind switch
    {
        "scheduled" => $"{subject} is due at {Time(cause.RunAt)}.",
        "dependency" => $"{subject} comes after '{cause.Id}', which is {cause.State?.ToText()}.",
        "reservation" => DescribeReservation(subject, cause),
        "no-worker" => DescribeAbsence(job, subject, cause, now),
        "no-slot" => DescribeQueue(subject, cause) + DescribeDelay(job, cause, now),
        "canceling" or "timeout" => DescribeStop(subject, cause, now),
        "missing" => $"{subject} was running on worker '{cause.Worker}', which was last heard of {Age(now - cause.Since)} ago; a live worker that sees it silent for a whole lease ends the attempt.",
        "advancing" => "It is its turn; the step that grants it what it needs is under way.",
        _ => $"{subject} is held up: {cause.Kind}.",
    };

    private static string DescribeAbsence(WhyFacts job, string subject, WhyCause cause, DateTimeOffset now)
    {
        var absence = $"live worker serves the queue '{cause.Queue}'";
        var text = subject == "It" ? $"No {absence}" : $"{subject} is {job.State.ToText()}, and no {absence}";
        return cause.Worker is null ? $"{text}." : $"{text}: '{cause.Worker}' did, and was last heard of {Age(now - cause.Since)} ago.";
    }

    private static string DescribeQueue(string subject, WhyCause cause)
    {
        var ahead = cause.Ahead > 0 ? $", {Jobs(cause.Ahead.Value)} ahead of it" : ", it is first in line";
        if (cause.Free is not { } free)
            return $"{subject} waits for a free slot on the queue '{cause.Queue}'{ahead}.";
        if (free > cause.Ahead)
            return $"{subject} is about to be claimed: {Count(free)} of {Count(cause.Slots)} slots on the queue '{cause.Queue}' {(free == 1 ? "is" : "are")} free{ahead}.";
        var taken = free > 0 ? $"{Count(free)} of {Count(cause.Slots)} {(free == 1 ? "is" : "are")} free" : cause.Slots == 1 ? "the only one is taken" : $"all {Count(cause.Slots)} are taken";
        var overdue = cause.Overdue is { } late ? $" {(late == 1 ? "1 job that takes one was" : $"{Count(late)} jobs that take one were")} to stop and did not." : "";
        return $"{subject} waits for a free slot on the queue '{cause.Queue}': {taken}{ahead}.{overdue}";
    }

    /// <summary>Where a slot is free and still nobody claims, a worker has no host for a job, or claims nothing for another reason that its log has.</summary>
    private static string DescribeDelay(WhyFacts job, WhyCause cause, DateTimeOffset now) => cause.Free > cause.Ahead && now - job.Since > ClaimedWithin
        ? $" That takes a second at most, and has taken {Age(now - job.Since)}: the log of {(cause.Workers == 1 ? "the worker" : $"its {Count(cause.Workers)} workers")} says what keeps {(cause.Workers == 1 ? "it" : "them")}."
        : "";

    private static string DescribeStop(string subject, WhyCause cause, DateTimeOffset now)
    {
        var why = cause.Kind == "canceling" ? "was asked to stop" : "ran out of its time";
        var text = $"{subject} {why} {Age(now - cause.Since)} ago and still runs on worker '{cause.Worker}'";
        return cause.Unkillable == true
            ? $"{text}, inside the worker's own process, which cannot kill it: its slot there stays taken, and what it reserved held, until its code returns. "
                + "Let its code watch the cancellation token, or run such jobs with isolation 'process'."
            : $"{text}; it keeps its reservations until it has stopped.";
    }

    private static string DescribeReservation(string subject, WhyCause cause)
    {
        var mode = cause.Mode == ReservationMode.Exclusive ? "alone" : "shared";
        var holders = cause.Holders is [var first, ..]
            ? $"held by '{first.Id}' ({first.State.ToText()}{(first.Worker is null ? "" : $" on '{first.Worker}'")}){(cause.HolderCount > 1 ? $" and {Count(cause.HolderCount - 1)} more" : "")}"
            : "held by nobody";
        var ahead = cause.Ahead > 0 ? $", {Jobs(cause.Ahead.Value)} ahead of it in the line" : ", next in the line";
        return $"{subject} needs '{cause.Resource}' {mode}: {holders}{ahead}.";
    }

    private static string Jobs(int count) => count switch
    {
        1 => "1 job is",
        >= Limits.AheadCounted => $"{Count(Limits.AheadCounted)} jobs or more are",
        _ => $"{Count(count)} jobs are",
    };

    private static string Count(int? count) => count?.ToString("N0", CultureInfo.InvariantCulture) ?? "";

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
