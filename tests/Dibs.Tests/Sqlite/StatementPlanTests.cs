using Dibs.Sqlite.Files;
using Dibs.Sqlite.Raw;
using Dibs.Tests.Support;

namespace Dibs.Tests.Sqlite;

/// <summary>What SQLite will do for each statement: find rows by an index, and read and sort nothing else.</summary>
public sealed class StatementPlanTests : IDisposable
{
    /// <summary>It compares two full counts, which is its purpose; it is for people and runs beside the writer.</summary>
    private const string FullCount = "verify-tallies";

    private readonly TemporaryFolder _folder = TemporaryFolder.InMemory();

    public static TheoryData<string> Names => [.. Sql.All.Select(sql => sql.Name)];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_file_is_a_statement_that_is_looked_at_or_a_migration() => Assert.Equal(
        typeof(Sql).Assembly.GetManifestResourceNames().Where(name => !name.StartsWith("migration-", StringComparison.Ordinal)).Order(StringComparer.Ordinal),
        Sql.All.Select(sql => $"{sql.Name}.sql").Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Names))]
    public void No_statement_scans_a_table_or_sorts(string name)
    {
        var plan = Plan(name);
        // A subquery that is scanned was limited before; a constant row is no table.
        var costly = plan.Where(line => (line.StartsWith("SCAN ", StringComparison.Ordinal) && !line.StartsWith("SCAN (subquery", StringComparison.Ordinal) && line != "SCAN CONSTANT ROW")
            || line.StartsWith("USE TEMP B-TREE", StringComparison.Ordinal));
        if (name != FullCount)
            Assert.Empty(costly);
    }

    [Theory]
    [InlineData("ready-first")]
    [InlineData("line-first")]
    [InlineData("due-first")]
    [InlineData("dependent-first")]
    public void What_is_looked_for_in_every_step_is_answered_by_an_index_alone(string name) =>
        Assert.Contains("USING COVERING INDEX", Assert.Single(Plan(name)), StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_statement_says_what_it_is_for_and_what_it_costs(string name)
    {
        var text = Sql.Read(name);
        Assert.StartsWith("-- ", text, StringComparison.Ordinal);
        Assert.Contains("\n-- Cost: ", text, StringComparison.Ordinal);
        Assert.Equal(text.Contains('?', StringComparison.Ordinal), text.Contains("-- Parameters: ?1 ", StringComparison.Ordinal));
    }

    private List<string> Plan(string name)
    {
        using var file = StoreFile.Open(_folder.File("jobs.db"), TimeSpan.FromSeconds(1));
        using var sql = file.OpenWriter();
        var explain = sql.Prepare($"EXPLAIN QUERY PLAN\n{Sql.Read(name)}");
        var plan = new List<string>();
        while (explain.Step())
            plan.Add(explain.Text(3));
        explain.Close();
        return plan;
    }
}
