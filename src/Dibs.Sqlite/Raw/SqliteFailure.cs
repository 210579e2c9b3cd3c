using SQLitePCL;

namespace Dibs.Sqlite.Raw;

/// <summary>Turns a result code of SQLite into the error that Dibs reports.</summary>
internal static class SqliteFailure
{
    /// <summary>The error for a result code that is not success.</summary>
    public static Exception From(int code, string message, string path) => (code & 0xff) switch
    {
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => new StoreException("store-locked",
            $"The store file '{path}' is locked by another program ({message}); close what holds it open, and try again."),
        raw.SQLITE_FULL => new StoreException("store-full", $"The store file '{path}' cannot grow ({message}); free space on its disk, and try again."),
        raw.SQLITE_IOERR or raw.SQLITE_NOMEM or raw.SQLITE_PROTOCOL => new StoreException("store-io",
            $"The store file '{path}' cannot be read or written ({message}); see that its disk is there and not full, and try again.", outcomeUnknown: true),
        raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => new StoreException("store-corrupt", $"The store file '{path}' is damaged ({message}); put back a copy of it."),
        raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN or raw.SQLITE_PERM or raw.SQLITE_AUTH => new StoreException("store-not-writable",
            $"The store file '{path}' cannot be written ({message}); give this user the right to write the file and its directory."),
        _ => new InvalidOperationException($"SQLite refused a statement of Dibs on '{path}': {message} (code {code})."),
    };
}
