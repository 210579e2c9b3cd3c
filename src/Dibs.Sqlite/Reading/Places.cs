using Dibs.Sqlite.Raw;
using Dibs.Stores;

namespace Dibs.Sqlite.Reading;

/// <summary>The times of a job in microseconds since 1970.</summary>
internal readonly record struct JobTimes(long CreatedAt, long? AdmittedAt, long? ReadyAt, long? StartedAt, long? CancelingAt, long? FinishedAt)
{
    /// <summary>Since when it is in its state.</summary>
    public DateTimeOffset? Since(JobState state) => StoreTime.FromMicroseconds(state switch
    {
        JobState.Scheduled => CreatedAt,
        JobState.Blocked => AdmittedAt ?? CreatedAt,
        JobState.Ready => ReadyAt,
        JobState.Running => StartedAt,
        JobState.Canceling => CancelingAt,
        JobState.Completed or JobState.Failed or JobState.Canceled => FinishedAt,
    });
}

/// <summary>Jobs that hold a resource or wait for it.</summary>
internal static class Places
{
    public static List<WhyHolder> Holders(View view, string resource) => Read(view, resource, held: true, row =>
    {
        var state = (JobState)row.Int32(3);
        var times = new JobTimes(row.Int64(5), row.Int64OrNull(2), row.Int64OrNull(6), row.Int64OrNull(7), row.Int64OrNull(8), row.Int64OrNull(9));
        return new WhyHolder(row.Text(0), state, state.IsRunning() ? row.TextOrNull(4) : null, times.Since(state));
    });

    public static List<ResourceWaiter> Line(View view, string resource) => Read(view, resource, held: false,
        row => new ResourceWaiter(row.Text(0), (ReservationMode)row.Int32(1), StoreTime.FromMicroseconds(row.Int64(2))));

    private static List<T> Read<T>(View view, string resource, bool held, Func<Statement, T> read)
    {
        var places = new List<T>();
        using var row = view.Sql.Use(Sql.Places).Bind(view.Ns).Bind(resource).Bind(held ? 1 : 0).Bind(Limits.HoldersShown);
        while (row.Step())
            places.Add(read(row));
        return places;
    }
}
