using System.Data.Common;

namespace Dibs.Tests.Docs.Fences;

/// <summary>A table whose rows refuse to be written by an attempt that others have overtaken.</summary>
public static class FencedTable
{
    public const string Schema =
        "CREATE TABLE reports (name TEXT PRIMARY KEY, body TEXT, largest_exclusive BIGINT NOT NULL, largest BIGINT NOT NULL)";

    // FenceMarks.TryPass as one statement, so that nobody can write in between. @exclusive is the fence, or 0 of one who shares.
    private const string Write = """
        INSERT INTO reports (name, body, largest_exclusive, largest) VALUES (@name, @body, @exclusive, @fence)
        ON CONFLICT (name) DO UPDATE SET
            body = excluded.body,
            largest_exclusive = CASE WHEN excluded.largest_exclusive > 0 THEN excluded.largest ELSE reports.largest_exclusive END,
            largest = CASE WHEN excluded.largest > reports.largest THEN excluded.largest ELSE reports.largest END
        WHERE excluded.largest >= CASE WHEN excluded.largest_exclusive > 0 THEN reports.largest ELSE reports.largest_exclusive END
        """;

    /// <returns>Whether it was written; if not, the attempt is an old one and should end.</returns>
    public static async Task<bool> TryWriteAsync(DbConnection connection, string name, string body, long fence, ReservationMode mode)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = Write;
        Add("@name", name);
        Add("@body", body);
        Add("@exclusive", mode == ReservationMode.Exclusive ? fence : 0);
        Add("@fence", fence);
        return await command.ExecuteNonQueryAsync() == 1;

        void Add(string key, object value)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (key, value);
            command.Parameters.Add(parameter);
        }
    }
}
