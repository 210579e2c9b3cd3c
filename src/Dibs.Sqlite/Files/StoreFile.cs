using System.Collections.Concurrent;
using Dibs.Sqlite.Raw;

namespace Dibs.Sqlite.Files;

/// <summary>The database file of a store: how connections to it are opened, and the ones that read.</summary>
internal sealed class StoreFile : IDisposable
{
    /// <summary>How a connection that writes is set up: durable at each commit.</summary>
    public const string WriterPragmas =
        "PRAGMA synchronous = FULL; PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 67108864; PRAGMA temp_store = MEMORY";

    private readonly ConcurrentBag<Connection> _readers = [];
    private readonly Lock _lock = new();
    private readonly Connection _first;
    private readonly TimeSpan _lockTimeout;
    private readonly string _target;
    private bool _disposed;

    private StoreFile(Connection first, string target, TimeSpan lockTimeout) => (_first, _target, _lockTimeout) = (first, target, lockTimeout);

    public string Path => _first.Path;

    /// <summary>Checks the file, creates or migrates it.</summary>
    /// <exception cref="DibsConfigurationException">It is not a store of ours, or of a newer schema, or cannot be written.</exception>
    public static StoreFile Open(string path, TimeSpan lockTimeout)
    {
        var target = OpenFiles.Target(path);
        var exists = OpenFiles.Add(target);
        Connection? sql = null;
        try
        {
            sql = Connection.Open(path, create: !exists, lockTimeout);
            if (sql.IsReadOnly)
                throw FileHeader.NotWritable(path, new UnauthorizedAccessException("The file is read-only."));
            // The schema is written before the switch to WAL, so that the header of the file itself always tells whose it is.
            Schema.Migrate(sql);
            if (sql.Text("PRAGMA journal_mode = WAL") != "wal")
                throw new DibsConfigurationException("store-no-log", $"The file system of '{path}' cannot keep the log of a store (SQLite WAL); name a file on a local disk.");
            return new StoreFile(sql, target, lockTimeout);
        }
        catch (Exception failure)
        {
            sql?.Dispose();
            OpenFiles.Remove(target);
            if (failure is StoreException { Code: "store-not-writable" })
                throw FileHeader.NotWritable(path, failure);
            throw;
        }
    }

    /// <summary>A connection for the writer, durable at each commit.</summary>
    public Connection OpenWriter() => Configure(Connection.Open(Path, create: false, _lockTimeout), WriterPragmas);

    /// <summary>Reads one consistent view of the store. Readers wait for nobody, and nobody waits for them.</summary>
    public T Read<T>(Func<Connection, T> read)
    {
        ObjectDisposedException.ThrowIf(_disposed, typeof(SqliteJobStore));
        // A connection that is opened now may be one to another file than those before.
        lock (_lock)
            _first.RequireInPlace();
        if (!_readers.TryTake(out var sql))
            sql = Configure(Connection.Open(Path, create: false, _lockTimeout), "PRAGMA query_only = ON; PRAGMA cache_size = -8192");
        var clean = false;
        try
        {
            sql.Run("BEGIN");
            Schema.RequireKnown(sql);
            var answer = read(sql);
            sql.Run("COMMIT");
            clean = true;
            return answer;
        }
        finally
        {
            if (clean && !_disposed)
                _readers.Add(sql);
            else
                sql.Dispose();
        }
    }

    /// <summary>Called after the connection of the writer is closed.</summary>
    public void Dispose()
    {
        _disposed = true;
        while (_readers.TryTake(out var sql))
            sql.Dispose();
        _first.Dispose();
        OpenFiles.Remove(_target);
    }

    private static Connection Configure(Connection sql, string pragmas)
    {
        sql.RunScript(pragmas);
        return sql;
    }
}
