using Dibs.Sqlite;
using Dibs.Sqlite.Raw;
using Dibs.Tests.Support;
using static Dibs.Tests.Support.SampleJobs;

namespace Dibs.Tests.Sqlite;

/// <summary>Derived data that was damaged is found by name, and set right from the truth.</summary>
public sealed class RepairTests : IDisposable
{
    private readonly TemporaryFolder _folder = TemporaryFolder.InMemory();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("held", "r", "UPDATE resource SET held = 3 WHERE name = 'r'")]
    [InlineData("held", "r", "DELETE FROM resource WHERE name = 'r'")]
    [InlineData("resource", "r", "UPDATE resource SET waiting = 5 WHERE name = 'r'")]
    [InlineData("resource", "idle", "INSERT INTO resource (ns, name, held, waiting) VALUES (1, 'idle', 0, 0)")]
    [InlineData("blockers", "second", "UPDATE job SET blockers = 2 WHERE id = 'second'")]
    [InlineData("dependencies", "after", "UPDATE job SET dependencies = 0 WHERE id = 'after'")]
    [InlineData("ready", "first", "UPDATE job SET ready_key = 1 WHERE id = 'first'")]
    [InlineData("pending", "r", "INSERT INTO pending (ns, n, resource) VALUES (1, 7, 'r')")]
    [InlineData("pending", "first", "INSERT INTO pending (ns, n, job) SELECT 1, 7, seq FROM job WHERE id = 'first'")]
    [InlineData("counts", "default ready", "UPDATE tally SET jobs = jobs + 1 WHERE state = 2")]
    public async Task Verify_names_the_damage_and_repair_mends_it(string kind, string subject, string damage)
    {
        await using var store = new SqliteJobStore(_folder.File("jobs.db"), "default");
        await store.OpenAsync(Token);
        await store.EnqueueAsync([Job("first", exclusive: ["r"]), Job("second", exclusive: ["r"]), Job("after", after: ["first"])], Token);
        using (var sql = Connection.Open(_folder.File("jobs.db"), create: false, TimeSpan.FromSeconds(5)))
            sql.RunScript(damage);

        Assert.Contains(await store.DriftsAsync(), drift => drift.Kind == kind && drift.Subject == subject);
        Assert.NotEmpty(await store.DriftsAsync(repair: true));
        Assert.Empty(await store.DriftsAsync());
    }
}
