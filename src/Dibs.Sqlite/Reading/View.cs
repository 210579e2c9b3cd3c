using Dibs.Sqlite.Raw;

namespace Dibs.Sqlite.Reading;

/// <summary>One consistent view of a namespace.</summary>
/// <param name="Sql">Inside a read transaction.</param>
/// <param name="Ns">Number of the namespace.</param>
/// <param name="Namespace">Its name.</param>
/// <param name="Now">The store's time in microseconds since 1970.</param>
internal sealed record View(Connection Sql, long Ns, string Namespace, long Now)
{
    public long? FindSeq(string id) => Sql.Use(Raw.Sql.JobSeq).Bind(Ns).Bind(id).Scalar();
}
