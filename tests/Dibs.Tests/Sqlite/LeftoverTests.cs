using Dibs.Sqlite;
using Dibs.Sqlite.Raw;
using Dibs.Stores;
using Dibs.Tests.Support;
using Microsoft.Extensions.Time.Testing;
using static Dibs.Tests.Support.SampleJobs;

namespace Dibs.Tests.Sqlite;

/// <summary>What belongs to a job or an incarnation goes with it, out of every table.</summary>
public sealed class LeftoverTests : IDisposable
{
    private readonly TemporaryFolder _folder = TemporaryFolder.InMemory();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Nothing_is_left_of_jobs_that_were_pruned_and_of_a_worker_that_left()
    {
        var time = new FakeTimeProvider();
        await using var store = new SqliteJobStore(_folder.File("jobs.db"), "default", time);
        await store.OpenAsync(Token);
        await store.EnqueueAsync([Job("first"), Job("a", exclusive: ["r"], after: ["first"], labels: new Dictionary<string, string> { ["k"] = "v" })], Token);
        var worker = await TestWorker.RegisterAsync(store, TestWorker.RegistrationOf("w"));
        await worker.CompleteAsync(await worker.ClaimAsync());
        await worker.SettleAsync(SettleOutcome.Returned, await worker.ClaimAsync());
        var claim = await worker.ClaimAsync();
        await store.ReportAsync([new JobReport
        {
            Key = claim.Key,
            Progress = [new() { Code = "phase", Message = "Working", Done = 1, State = "running" }],
            Created = ["made:1"],
            Lines = [new LogLine(time.GetUtcNow(), "line")],
        }], Token);
        await worker.ExchangeAsync(0, TestWorker.Ended(claim, SettleOutcome.Completed) with { Result = "1"u8.ToArray() });
        // Every table has been used, but for those of jobs that wait.
        Assert.Equal(["pending", "resource"], Tables(rows => rows == 0));

        await worker.LeaveAsync();
        time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(2, (await store.TendAsync(new Retention(Retention.Minimum, 0), Token)).Pruned);

        Assert.Equal(["namespace"], Tables(rows => rows > 0));
    }

    private string[] Tables(Func<long, bool> chosen)
    {
        using var sql = Connection.Open(_folder.File("jobs.db"), create: false, TimeSpan.FromSeconds(5));
        var names = sql.Text("SELECT group_concat(name, ' ') FROM (SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name)")!;
        return [.. names.Split(' ').Where(name => chosen(sql.Scalar($"SELECT count(*) FROM {name}")!.Value))];
    }
}
