namespace Dibs.Stores;

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
        var causes = CausesOf(first, now);
        return new WhyRecord
        {
            Id = id,
            State = first.State,
            Summary = root == first ? WhyText.Of(first, causes, now) : $"{WhyText.Of(first, causes, now)}{WhyText.OfRoot(root, CausesOf(root, now), chain.Count, now)}",
            Causes = causes,
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

    /// <summary>What keeps it from running, or from ending.</summary>
    private static WhyCause[] CausesOf(WhyFacts job, DateTimeOffset now) =>
        [.. job.Causes, .. job.Queue is { } queue ? [QueueCause(queue, now)] : (WhyCause[])[], .. job.Attempt is { } attempt ? AttemptCauses(job, attempt, now) : []];

    /// <summary>Why a ready job is not claimed.</summary>
    private static WhyCause QueueCause(WhyQueue queue, DateTimeOffset now)
    {
        var live = queue.Servers.Where(server => !server.Heard.IsMissing(now)).ToArray();
        var isPartial = queue.Servers.Count < queue.Serving;
        if (live.Length == 0 && !isPartial)
        {
            // Of several heard of in the same microsecond the first by name: a store gives them in any order, and all are to say the same.
            var last = queue.Servers.OrderBy(server => server.Name, StringComparer.Ordinal).MaxBy(server => server.Heard.At);
            return new WhyCause { Kind = "no-worker", Queue = queue.Name, Worker = last?.Name, Since = last?.Heard.At };
        }
        var cause = new WhyCause { Kind = "no-slot", Queue = queue.Name, Ahead = queue.Ahead };
        if (isPartial)
            return cause;
        var overdue = live.Sum(server => server.Overdue);
        return cause with
        {
            Workers = live.Length,
            Slots = live.Sum(server => server.Slots),
            Free = live.Sum(server => Math.Max(0, server.Slots - server.Taken)),
            Overdue = overdue == 0 ? null : overdue,
        };
    }

    /// <summary>Why an attempt is to end that has not ended; none if it may run on.</summary>
    private static IEnumerable<WhyCause> AttemptCauses(WhyFacts job, WhyAttempt attempt, DateTimeOffset now)
    {
        bool? unkillable = attempt.IsUnkillable ? true : null;
        if (job.State == JobState.Canceling)
            yield return new WhyCause { Kind = "canceling", Since = job.Since, Worker = job.Worker, Unkillable = unkillable };
        else if (job.Since is { } since && attempt.Timeout is { } timeout && now - since > timeout)
            yield return new WhyCause { Kind = "timeout", Since = since + timeout, Worker = job.Worker, Unkillable = unkillable };
        if (attempt.Heard.IsMissing(now))
            yield return new WhyCause { Kind = "missing", Since = attempt.Heard.At, Worker = job.Worker };
    }
}
