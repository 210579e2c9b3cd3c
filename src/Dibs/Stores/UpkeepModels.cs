namespace Dibs.Stores;

/// <summary>A place where derived data differs from what the truth says.</summary>
/// <param name="Kind"><c>held</c>, <c>blockers</c>, <c>dependencies</c>, <c>ready</c>, <c>pending</c>, <c>resource</c> or <c>counts</c>; in Redis also
/// <c>due</c>, <c>final</c>, <c>order</c>, <c>runs</c>, <c>workers</c>, <c>key</c> and <c>job</c>.</param>
/// <param name="Subject">The job, resource, queue, worker or key.</param>
/// <param name="Stored">What was stored.</param>
/// <param name="Expected">What it should be.</param>
public sealed record Drift(string Kind, string Subject, string Stored, string Expected);

/// <summary>The answer to one verify step.</summary>
/// <param name="Drifts">What differs.</param>
/// <param name="Checked">Jobs and resources looked at in this step.</param>
/// <param name="Next">Cursor of the next step; null at the end.</param>
public sealed record VerifyReply(IReadOnlyList<Drift> Drifts, int Checked, string? Next);

/// <summary>How long final jobs are kept.</summary>
/// <param name="Age">At most so long; never less than 60 seconds.</param>
/// <param name="Count">At most so many; those that ended in the last 60 seconds stay all the same.</param>
public sealed record Retention(TimeSpan Age, int Count)
{
    /// <summary>7 days and 100,000 jobs.</summary>
    public static Retention Default { get; } = new(TimeSpan.FromDays(7), 100_000);

    /// <summary>What ended so recently is never pruned, so that every step can be repeated.</summary>
    public static TimeSpan Minimum { get; } = TimeSpan.FromSeconds(60);
}

/// <summary>The answer to the chores.</summary>
/// <param name="Promoted">Jobs that became due.</param>
/// <param name="Pruned">Final jobs that were removed.</param>
/// <param name="DueIn">When the next job is due, from now; none if none is scheduled.</param>
/// <param name="More">Work is left: call again at once.</param>
public sealed record TendReply(int Promoted, int Pruned, TimeSpan? DueIn, bool More);
