using System.Buffers;
using System.Text;
using SQLitePCL;

namespace Dibs.Sqlite.Raw;

/// <summary>
/// A prepared statement that is used again and again by one thread at a time. Parameters are bound in the order of their
/// numbers; columns are read while <see cref="Step"/> answers true; disposing it makes it ready for the next use.
/// </summary>
internal sealed class Statement(Connection connection, sqlite3_stmt handle) : IDisposable
{
    private const int StackBytes = 512;
    private int _bound;

    /// <summary>Begins a use; what an earlier one that failed had bound is bound anew.</summary>
    public Statement Begin()
    {
        _bound = 0;
        return this;
    }

    public Statement Bind(long value) => Checked(raw.sqlite3_bind_int64(handle, ++_bound, value));

    public Statement Bind(long? value) => value is { } number ? Bind(number) : BindNull();

    public Statement Bind(string? value)
    {
        if (value is null)
            return BindNull();
        var most = Encoding.UTF8.GetMaxByteCount(value.Length);
        if (most <= StackBytes)
        {
            Span<byte> bytes = stackalloc byte[StackBytes];
            return BindText(bytes[..Encoding.UTF8.GetBytes(value, bytes)]);
        }
        var rented = ArrayPool<byte>.Shared.Rent(most);
        BindText(rented.AsSpan(0, Encoding.UTF8.GetBytes(value, rented)));
        ArrayPool<byte>.Shared.Return(rented);
        return this;
    }

    /// <summary>Binds bytes; none at all are an empty value, not null.</summary>
    public Statement Bind(ReadOnlySpan<byte> value) => Checked(value.IsEmpty
        ? raw.sqlite3_bind_zeroblob(handle, ++_bound, 0)
        : raw.sqlite3_bind_blob(handle, ++_bound, value));

    public Statement BindNull() => Checked(raw.sqlite3_bind_null(handle, ++_bound));

    /// <summary>Goes to the next row; false when there is none.</summary>
    public bool Step() => raw.sqlite3_step(handle) switch
    {
        raw.SQLITE_ROW => true,
        raw.SQLITE_DONE => false,
        var code => throw connection.Failure(code),
    };

    /// <summary>Runs it to its end and makes it ready for the next use.</summary>
    public void Run()
    {
        using (this)
        {
            while (Step())
            {
                // Rows of a statement that is run for its effect do not matter.
            }
        }
    }

    /// <summary>The first column of the first row, or null; and makes it ready for the next use.</summary>
    public long? Scalar()
    {
        using (this)
            return Step() ? Int64OrNull(0) : null;
    }

    public bool IsNull(int column) => raw.sqlite3_column_type(handle, column) == raw.SQLITE_NULL;

    public long Int64(int column) => raw.sqlite3_column_int64(handle, column);

    public int Int32(int column) => (int)raw.sqlite3_column_int64(handle, column);

    public bool Boolean(int column) => raw.sqlite3_column_int64(handle, column) != 0;

    public long? Int64OrNull(int column) => IsNull(column) ? null : Int64(column);

    public int? Int32OrNull(int column) => IsNull(column) ? null : Int32(column);

    /// <summary>The text with its length as stored: it may contain the character NUL, at which C would end it.</summary>
    public string Text(int column) => Encoding.UTF8.GetString(raw.sqlite3_column_blob(handle, column));

    public string? TextOrNull(int column) => IsNull(column) ? null : Text(column);

    public byte[] Blob(int column) => raw.sqlite3_column_blob(handle, column).ToArray();

    public byte[]? BlobOrNull(int column) => IsNull(column) ? null : Blob(column);

    public void Dispose()
    {
        // The result code repeats that of the last step, which was thrown already.
        _ = raw.sqlite3_reset(handle);
    }

    public void Close() => handle.Dispose();

    private Statement BindText(ReadOnlySpan<byte> utf8) => Checked(raw.sqlite3_bind_text(handle, ++_bound, utf8));

    private Statement Checked(int code) => code == raw.SQLITE_OK ? this : throw connection.Failure(code);
}
