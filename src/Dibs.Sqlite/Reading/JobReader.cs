using Dibs.Sqlite.Raw;
using Dibs.Stores;

namespace Dibs.Sqlite.Reading;

/// <summary>Reads jobs as records.</summary>
internal static class JobReader
{
    public static IReadOnlyList<StoredJob> Get(View view, IReadOnlyList<string> ids, JobParts parts)
    {
        var jobs = new List<StoredJob>(ids.Count);
        foreach (var id in ids)
        {
            if (view.FindSeq(id) is { } seq)
                jobs.Add(Read(view, seq, parts));
        }
        return jobs;
    }

    public static StoredJob Read(View view, long seq, JobParts parts)
    {
        var (sql, record) = (view.Sql, ReadRecord(view, seq));
        var lines = parts.HasFlag(JobParts.Logs) ? Rows(sql, Sql.LogOf, seq, row => new LogLine(new DateTimeOffset(row.Int64(0), TimeSpan.Zero), row.Text(1))) : [];
        if (!parts.HasFlag(JobParts.Details))
            return new StoredJob { Record = record, Lines = lines };

        var outcome = Rows(sql, Sql.OutcomeOf, seq, Outcome.Read) is [var one] ? one : null;
        return new StoredJob
        {
            Record = record with
            {
                Attempts = NullIfEmpty(Attempts(sql, seq, record, outcome)),
                Progress = NullIfEmpty(Rows(sql, Sql.ProgressOf, seq, ReadProgress)),
                Created = NullIfEmpty(Rows(sql, Sql.CreatedOf, seq, row => row.Text(0))),
                Exit = outcome?.Exit,
                Error = outcome?.Error,
            },
            Content = Rows(sql, Sql.ContentRead, seq, row => row.Blob(1))[0],
            Result = outcome?.Result,
            Lines = lines,
        };
    }

    private static JobRecord ReadRecord(View view, long seq)
    {
        var after = Rows(view.Sql, Sql.DependenciesOf, seq, row => row.Text(0));
        var labels = Rows(view.Sql, Sql.LabelsOf, seq, row => KeyValuePair.Create(row.Text(0), row.Text(1)));
        using var row = view.Sql.Use(Sql.RecordBySeq).Bind(seq);
        if (!row.Step())
            throw new InvalidOperationException($"Job number {seq} is not in the store.");
        var attempt = row.Int32(10);
        return new JobRecord
        {
            Id = row.Text(0),
            Namespace = view.Namespace,
            Method = row.TextOrNull(1),
            Queue = row.Text(2),
            Priority = row.Int32(3),
            State = (JobState)row.Int32(4),
            Reason = row.TextOrNull(5),
            Reservations = row.Int32(6) == 0 ? null : Rows(view.Sql, Sql.ReservationsOf, seq, ReadReservation),
            Parent = row.TextOrNull(7),
            RequeueOf = row.TextOrNull(8),
            After = NullIfEmpty(after),
            Labels = labels.Count == 0 ? null : new Dictionary<string, string>(labels, StringComparer.Ordinal),
            Ticket = row.Int64OrNull(9),
            Attempt = attempt == 0 ? null : attempt,
            Fence = row.Int64OrNull(11),
            Worker = row.TextOrNull(12),
            OnWorkerLost = row.Int32(19) == (int)OnWorkerLost.Fail ? null : (OnWorkerLost)row.Int32(19),
            CreatedAt = StoreTime.FromMicroseconds(row.Int64(13)),
            RunAt = StoreTime.FromMicroseconds(row.Int64OrNull(14)),
            AdmittedAt = StoreTime.FromMicroseconds(row.Int64OrNull(15)),
            ReadyAt = StoreTime.FromMicroseconds(row.Int64OrNull(16)),
            StartedAt = StoreTime.FromMicroseconds(row.Int64OrNull(17)),
            FinishedAt = StoreTime.FromMicroseconds(row.Int64OrNull(18)),
        };
    }

    /// <summary>The attempts that are kept, and the last one, which is in the job itself while it runs or when it ended it.</summary>
    private static List<AttemptRecord> Attempts(Connection sql, long seq, JobRecord job, Outcome? outcome)
    {
        var attempts = Rows(sql, Sql.AttemptsOf, seq, row => new AttemptRecord
        {
            N = row.Int32(0),
            Worker = row.Text(1),
            StartedAt = StoreTime.FromMicroseconds(row.Int64(2)),
            FinishedAt = StoreTime.FromMicroseconds(row.Int64(3)),
            Reason = row.Text(4),
            Error = ReadError(row, 5),
        });
        if (job.Attempt is { } last && (attempts.Count == 0 || attempts[^1].N < last))
        {
            attempts.Add(new AttemptRecord
            {
                N = last,
                Worker = job.Worker!,
                StartedAt = job.StartedAt!.Value,
                FinishedAt = job.FinishedAt,
                Reason = job.Reason,
                Error = outcome?.Error,
            });
        }
        return attempts;
    }

    private static ReservationRecord ReadReservation(Statement row) =>
        new(row.Text(0), (ReservationMode)row.Int32(1), row.Int32OrNull(2), row.Boolean(3));

    private static ProgressRecord ReadProgress(Statement row) => new()
    {
        Code = row.Text(0),
        Message = row.Text(1),
        Done = row.Int64(2),
        Total = row.Int64OrNull(3),
        State = row.Text(4),
        Suffix = row.TextOrNull(5),
    };

    /// <summary>An error in three columns: type, message, detail.</summary>
    private static JobError? ReadError(Statement row, int type) =>
        row.IsNull(type) ? null : new JobError { Type = row.Text(type), Message = row.Text(type + 1), Detail = row.TextOrNull(type + 2) };

    private static List<T> Rows<T>(Connection sql, SqlText text, long seq, Func<Statement, T> read)
    {
        var rows = new List<T>();
        using var row = sql.Use(text).Bind(seq);
        while (row.Step())
            rows.Add(read(row));
        return rows;
    }

    private static List<T>? NullIfEmpty<T>(List<T> list) => list.Count == 0 ? null : list;

    /// <summary>How a job ended, as far as there is something to say.</summary>
    private sealed record Outcome(ReadOnlyMemory<byte>? Result, ExitRecord? Exit, JobError? Error)
    {
        public static Outcome Read(Statement row) => new(
            row.BlobOrNull(0) is { } result ? result : default(ReadOnlyMemory<byte>?),
            row.IsNull(1) && row.IsNull(2) ? null : new ExitRecord { Code = row.Int32OrNull(1), Signal = row.Int32OrNull(2) },
            ReadError(row, 3));
    }
}
