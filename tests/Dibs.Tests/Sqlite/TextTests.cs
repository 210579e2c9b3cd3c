using Dibs.Sqlite;
using Dibs.Stores;
using Dibs.Tests.Support;
using static Dibs.Tests.Support.SampleJobs;

namespace Dibs.Tests.Sqlite;

/// <summary>Text passes through the C interface of SQLite unchanged.</summary>
public sealed class TextTests : IDisposable
{
    private readonly TemporaryFolder _folder = TemporaryFolder.InMemory();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("before\0after")]
    [InlineData("größer 😀 \u001b[31mred")]
    public async Task What_a_job_wrote_comes_back_as_it_was(string text)
    {
        await using var store = new SqliteJobStore(_folder.File("jobs.db"), "default");
        await store.OpenAsync(Token);
        await store.EnqueueAsync([Job("a")], Token);
        var claim = await (await TestWorker.RegisterAsync(store, TestWorker.RegistrationOf("w"))).ClaimAsync();
        // Longer than what is bound from the stack, too.
        string[] lines = [text, string.Concat(Enumerable.Repeat(text, 500))];
        await store.ReportAsync([new JobReport { Key = claim.Key, Lines = [.. lines.Select(line => new LogLine(DateTimeOffset.UnixEpoch, line))] }], Token);

        var job = Assert.Single(await store.GetAsync(["a"], JobParts.Logs, Token));
        Assert.Equal(lines, job.Lines.Select(line => line.Text));
    }
}
