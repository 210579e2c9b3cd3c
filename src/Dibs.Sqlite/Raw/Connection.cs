using System.Runtime.InteropServices;
using SQLitePCL;

namespace Dibs.Sqlite.Raw;

/// <summary>
/// One connection to a database file, used by one thread at a time, with its statements kept prepared. It talks to the
/// C interface directly: what ADO.NET adds per statement would be most of the cost of a job.
/// </summary>
internal sealed partial class Connection : IDisposable
{
    /// <summary>SQLITE_FCNTL_HAS_MOVED of sqlite3.h.</summary>
    private const int HasMoved = 20;

    private readonly sqlite3 _database;
    private readonly Statement?[] _statements = new Statement?[Sql.All.Count];
    private readonly Dictionary<string, Statement> _commands = new(StringComparer.Ordinal);

    static Connection() => Batteries_V2.Init();

    private Connection(sqlite3 database, string path) => (_database, Path) = (database, path);

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Whether a transaction is open: SQLite itself ends one after some failures.</summary>
    public bool InTransaction => raw.sqlite3_get_autocommit(_database) == 0;

    public bool IsReadOnly => raw.sqlite3_db_readonly(_database, "main") == 1;

    public long LastInsertRowId => raw.sqlite3_last_insert_rowid(_database);

    /// <summary>Opens the file, and creates it if <paramref name="create"/> and it is not there.</summary>
    /// <param name="path">The file.</param>
    /// <param name="create">Whether to create it; else it must exist.</param>
    /// <param name="busyTimeout">How long a statement waits for a lock of another connection.</param>
    public static Connection Open(string path, bool create, TimeSpan busyTimeout)
    {
        var flags = raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_NOMUTEX | (create ? raw.SQLITE_OPEN_CREATE : 0);
        var code = raw.sqlite3_open_v2(path, out var database, flags, null);
        var connection = new Connection(database, path);
        if (code != raw.SQLITE_OK)
        {
            var failure = connection.Failure(code);
            connection.Dispose();
            throw failure;
        }
        _ = raw.sqlite3_extended_result_codes(database, 1);
        _ = raw.sqlite3_busy_timeout(database, (int)busyTimeout.TotalMilliseconds);
        return connection;
    }

    /// <summary>
    /// Fails when the path leads to another file by now, or to none: what is written to the one that is open would be gone with it.
    /// SQLite itself asks this only where it keeps no log.
    /// </summary>
    /// <param name="hasWritten">Whether something was written that is there again when the file is put back.</param>
    public void RequireInPlace(bool hasWritten = false)
    {
        if (Control(_database, schema: 0, HasMoved, out var hasMoved) == raw.SQLITE_OK && hasMoved != 0)
        {
            throw new StoreException("store-moved",
                $"The store file '{Path}' was removed or replaced while it was open; put it back, or end this process and start it again with what is there now.", hasWritten);
        }
    }

    /// <summary>A statement of the folder Sql, prepared at its first use. Dispose it before it is used again.</summary>
    public Statement Use(SqlText sql) => (_statements[sql.Index] ??= Prepare(sql.Text)).Begin();

    /// <summary>Runs a statement that has neither parameters nor a result, such as COMMIT.</summary>
    public void Run(string command)
    {
        if (!_commands.TryGetValue(command, out var statement))
            _commands.Add(command, statement = Prepare(command));
        statement.Run();
    }

    /// <summary>Runs a text of several statements, such as a migration.</summary>
    public void RunScript(string script)
    {
        var code = raw.sqlite3_exec(_database, script);
        if (code != raw.SQLITE_OK)
            throw Failure(code);
    }

    /// <summary>The first column of the first row of a text that is used once, as a number.</summary>
    public long? Scalar(string query) => First(query, row => row.Int64OrNull(0));

    /// <summary>The first column of the first row of a text that is used once, as text.</summary>
    public string? Text(string query) => First(query, row => row.TextOrNull(0));

    /// <summary>A statement that the caller closes.</summary>
    public Statement Prepare(string text)
    {
        var code = raw.sqlite3_prepare_v3(_database, text, raw.SQLITE_PREPARE_PERSISTENT, out var handle);
        return code == raw.SQLITE_OK ? new Statement(this, handle) : throw Failure(code);
    }

    public Exception Failure(int code) => SqliteFailure.From(code, raw.sqlite3_errmsg(_database).utf8_to_string(), Path);

    public void Dispose()
    {
        foreach (var statement in _statements)
            statement?.Close();
        foreach (var statement in _commands.Values)
            statement.Close();
        _database.Dispose();
    }

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_file_control")]
    private static partial int Control(sqlite3 database, nint schema, int operation, out int answer);

    private T? First<T>(string query, Func<Statement, T> read)
    {
        var statement = Prepare(query);
        try
        {
            return statement.Step() ? read(statement) : default;
        }
        finally
        {
            statement.Close();
        }
    }
}
