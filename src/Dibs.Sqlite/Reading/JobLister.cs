using Dibs.Sqlite.Raw;
using Dibs.Stores;

namespace Dibs.Sqlite.Reading;

/// <summary>Reads pages of jobs, by the narrowest index that the query allows: a label, a resource, or the states.</summary>
internal static class JobLister
{
    public static JobPage List(View view, JobQuery query)
    {
        var found = Find(view, query, PageCursor.Before(query));
        var next = found.Count > query.Limit ? PageCursor.After(found[query.Limit - 1]) : null;
        return new JobPage([.. found.Take(query.Limit).Select(seq => JobReader.Read(view, seq, query.Parts))], next);
    }

    /// <summary>The newest that match, one more than the page holds if there are.</summary>
    private static List<long> Find(View view, JobQuery query, long before)
    {
        var sql = view.Sql;
        if (query.Labels.Count > 0)
        {
            var (name, value) = query.Labels.First();
            return Take(view, query, Bind(sql.Use(Sql.ListByLabel).Bind(view.Ns).Bind(StateBits(query)).Bind(before), query).Bind(name).Bind(value));
        }
        if (query.Resource is not null)
            return Take(view, query, Bind(sql.Use(Sql.ListByResource).Bind(view.Ns).Bind(StateBits(query)).Bind(before), query).Bind(query.Resource));

        var states = query.States.Count > 0 ? query.States : Enum.GetValues<JobState>();
        return [.. states.Distinct()
            .SelectMany(state => Take(view, query, Bind(sql.Use(Sql.ListByState).Bind(view.Ns).Bind((int)state).Bind(before), query)))
            .OrderDescending()
            .Take(query.Limit + 1)];
    }

    private static Statement Bind(Statement statement, JobQuery query) => statement
        .Bind(query.Queue).Bind(query.Method).Bind(query.Worker)
        .Bind(query.Since is { } since ? StoreTime.ToMicroseconds(since) : (long?)null);

    private static long StateBits(JobQuery query) => query.States.Count == 0 ? -1 : query.States.Aggregate(0L, (bits, state) => bits | (1L << (int)state));

    private static List<long> Take(View view, JobQuery query, Statement statement)
    {
        var found = new List<long>();
        using (statement)
        {
            while (found.Count <= query.Limit && statement.Step())
            {
                if (HasRest(view, query, statement.Int64(0)))
                    found.Add(statement.Int64(0));
            }
        }
        return found;
    }

    /// <summary>Whether a job has what no single index can answer: a resource, and all of several labels.</summary>
    private static bool HasRest(View view, JobQuery query, long seq) =>
        (query.Resource is null || view.Sql.Use(Sql.ReservationHas).Bind(view.Ns).Bind(query.Resource).Bind(seq).Scalar() is not null)
        && query.Labels.All(label => view.Sql.Use(Sql.LabelHas).Bind(seq).Bind(label.Key).Bind(label.Value).Scalar() is not null);
}
