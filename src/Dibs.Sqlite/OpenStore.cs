using Dibs.Sqlite.Files;
using Dibs.Sqlite.Raw;
using Dibs.Sqlite.Waking;
using Dibs.Sqlite.Writing;
using Dibs.Stores;

namespace Dibs.Sqlite;

/// <summary>What an open store consists of.</summary>
internal sealed class OpenStore : IDisposable
{
    private readonly WakeBoard _board;
    private readonly BoardWatcher _watcher;

    private OpenStore(StoreFile file, WakeBoard board, WakeUps wakeUps, Connection sql, long ns, TimeProvider time, TimeSpan lockTimeout)
    {
        (File, Ns, _board) = (file, ns, board);
        _watcher = new BoardWatcher(WakePath(file.Path), board, wakeUps);
        Writer = new Writer(sql, new WriterLine($"{file.Path}-writer"), ns, () => StoreTime.ToMicroseconds(time.GetUtcNow()), Tell, lockTimeout);

        void Tell(Hints hints)
        {
            wakeUps.Wake(hints);
            try
            {
                board.Post(hints);
            }
            catch (Exception failure) when (failure is IOException or ObjectDisposedException)
            {
                // The step is stored. Hints are only hints: others find at their next poll what this one would have told.
            }
        }
    }

    public StoreFile File { get; }
    public Writer Writer { get; }

    /// <summary>Number of the namespace.</summary>
    public long Ns { get; }

    public static OpenStore Open(string path, string @namespace, TimeProvider time, TimeSpan lockTimeout, WakeUps wakeUps)
    {
        var file = StoreFile.Open(path, lockTimeout);
        Connection? sql = null;
        try
        {
            sql = file.OpenWriter();
            return new OpenStore(file, new WakeBoard(WakePath(path), @namespace, time), wakeUps, sql, FindNamespace(sql, @namespace), time, lockTimeout);
        }
        catch (Exception failure)
        {
            sql?.Dispose();
            file.Dispose();
            if (failure is IOException or UnauthorizedAccessException)
                throw FileHeader.NotWritable(path, failure);
            throw;
        }
    }

    public void Dispose()
    {
        Writer.Dispose();
        _watcher.Dispose();
        _board.Dispose();
        File.Dispose();
    }

    private static string WakePath(string path) => $"{path}-wake";

    private static long FindNamespace(Connection sql, string name)
    {
        if (sql.Use(Sql.NamespaceFind).Bind(name).Scalar() is { } known)
            return known;
        sql.Use(Sql.NamespaceAdd).Bind(name).Run();
        return sql.Use(Sql.NamespaceFind).Bind(name).Scalar()!.Value;
    }
}
