using Dibs.Sqlite.Files;
using Dibs.Sqlite.Raw;

namespace Dibs.Bench.Bare;

/// <summary>One table in a file beside the store, on the same disk, with the same pragmas; each transaction durable.</summary>
internal sealed class BareSqlite : IBareStore
{
    private static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(10);
    private static readonly byte[] Body = new byte[64];

    /// <summary>The pragmas have the log used again from so many pages of 4 KiB on.</summary>
    private const int LogPages = 4_000;
    private const int PageBytes = 4_096;

    private readonly string _path;
    private readonly Connection _sql;
    private readonly Statement _insert;
    private readonly Statement _update;
    private readonly Statement _delete;
    private readonly Waker _waker;
    private long _last;

    /// <param name="path">A file that does not exist; it is removed at the end.</param>
    public BareSqlite(string path)
    {
        _path = path;
        _sql = Connection.Open(path, create: true, LockTimeout);
        _sql.Scalar("PRAGMA journal_mode = WAL");
        _sql.RunScript(StoreFile.WriterPragmas);
        _sql.RunScript("CREATE TABLE row (id INTEGER PRIMARY KEY, name TEXT NOT NULL, state INTEGER NOT NULL, body BLOB NOT NULL) STRICT");
        _insert = _sql.Prepare("INSERT INTO row (id, name, state, body) VALUES (?1, ?2, 0, ?3)");
        _update = _sql.Prepare("UPDATE row SET state = 1 WHERE id = ?1");
        _delete = _sql.Prepare("DELETE FROM row WHERE id = ?1");
        _waker = new Waker(() => Commit(() => _update.Begin().Bind(_last).Run()));
        GrowLog();
    }

    public Task<double> InsertAsync(int rows, int callers, int perStep, CancellationToken cancellationToken)
    {
        var lap = Lap.Start();
        InsertAll(rows, callers * perStep, Body);
        var seconds = lap.Seconds;
        Clear();
        return Task.FromResult(seconds / rows);
    }

    public Task<double> PassAsync(BarePass pass, CancellationToken cancellationToken)
    {
        var first = _last + 1;
        var lap = Lap.Start();
        InsertAll(pass.Rows, pass.PerStep, Body);
        var (deleted, updated) = (first, first);
        while (deleted <= _last)
        {
            Commit(() =>
            {
                for (; deleted < updated; deleted++)
                    _delete.Begin().Bind(deleted).Run();
                for (var end = Math.Min(updated + pass.PerExchange, _last + 1); updated < end; updated++)
                    _update.Begin().Bind(updated).Run();
            });
        }
        return Task.FromResult(lap.Seconds / pass.Rows);
    }

    public Task<double> PickUpAsync()
    {
        var lap = Lap.Start();
        InsertAll(1, 1, Body);
        _waker.Wake();
        return Task.FromResult(lap.Seconds);
    }

    public Task<double> BytesPerRowAsync(int rows, int body, CancellationToken cancellationToken)
    {
        Clear();
        var before = SqliteSize.Used(_sql);
        InsertAll(rows, Limits.JobsPerStep, new byte[body]);
        var used = SqliteSize.Used(_sql) - before;
        Clear();
        return Task.FromResult((double)used / rows);
    }

    public ValueTask DisposeAsync()
    {
        _waker.Dispose();
        foreach (var statement in (Statement[])[_insert, _update, _delete])
            statement.Close();
        _sql.Dispose();
        foreach (var suffix in (string[])["", "-wal", "-shm"])
            File.Delete(_path + suffix);
        return default;
    }

    private void InsertAll(int rows, int atATime, byte[] body)
    {
        for (var left = rows; left > 0; left -= atATime)
        {
            Commit(() =>
            {
                for (var i = 0; i < Math.Min(atATime, left); i++)
                    _insert.Begin().Bind(++_last).Bind($"bench-{_last:D12}").Bind(body).Run();
            });
        }
    }

    /// <summary>A write into a log that grows costs more than one into a log that is used again, as that of a store in use is.</summary>
    private void GrowLog()
    {
        var page = new byte[PageBytes];
        Commit(() =>
        {
            for (var i = 0; i < LogPages; i++)
                _insert.Begin().Bind(++_last).Bind("").Bind(page).Run();
        });
        Clear();
    }

    private void Clear() => Commit(() => _sql.Run("DELETE FROM row"));

    private void Commit(Action change)
    {
        _sql.Run("BEGIN IMMEDIATE");
        change();
        _sql.Run("COMMIT");
    }
}

/// <summary>How much of a database file is in use: free pages are no cost of what is kept.</summary>
internal static class SqliteSize
{
    public static long Used(Connection sql) =>
        (sql.Scalar("PRAGMA page_count")!.Value - sql.Scalar("PRAGMA freelist_count")!.Value) * sql.Scalar("PRAGMA page_size")!.Value;
}
