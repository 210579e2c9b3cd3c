using System.Runtime.InteropServices;
using Dibs.Sqlite;
using Dibs.Sqlite.Files;
using Dibs.Sqlite.Raw;
using Dibs.Sqlite.Steps;
using Dibs.Stores;
using Dibs.Tests.Support;
using static Dibs.Tests.Support.SampleJobs;

namespace Dibs.Tests.Sqlite;

/// <summary>Which files are taken as a store, and that all others are left as they are.</summary>
public sealed partial class StoreFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = TemporaryFolder.InMemory();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Database => _folder.File("jobs.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_file_that_is_not_there_is_created_and_found_again()
    {
        await using (var store = new SqliteJobStore(Database, "default"))
        {
            Assert.Equal(new StoreDescription("sqlite", Database, Schema.Version), await store.OpenAsync(Token));
            await store.OpenAsync(Token);
            await store.EnqueueAsync([Job("a")], Token);
        }
        await using var again = new SqliteJobStore(Database, "default");
        await again.OpenAsync(Token);
        Assert.Single(await again.GetAsync(["a"], JobParts.None, Token));
    }

    [Fact]
    public async Task Another_store_of_the_process_on_the_same_file_leaves_the_locks_of_the_first()
    {
        await using var first = new SqliteJobStore(Database, "default");
        await first.OpenAsync(Token);
        await using (var second = new SqliteJobStore(Database, "other"))
            await second.OpenAsync(Token);
        await first.EnqueueAsync([Job("a")], Token);
        // Who closes a database last deletes its log. With the locks of the first store lost, this process would take itself for the last.
        await using (var other = ChildProcess.Start("drain", Database, "w"))
            await other.WaitForExitAsync();
        Assert.True(File.Exists($"{Database}-wal"));
    }

    [Fact]
    public async Task An_empty_file_becomes_a_store()
    {
        await File.WriteAllBytesAsync(Database, [], Token);
        await using var store = new SqliteJobStore(Database, "default");
        await store.OpenAsync(Token);
        await store.EnqueueAsync([Job("a")], Token);
    }

    [Theory]
    [InlineData("no database at all")]
    [InlineData("SQLite format 3\0 but too short")]
    public async Task A_file_that_is_not_a_database_is_refused_and_left_as_it_is(string content)
    {
        await File.WriteAllTextAsync(Database, content, Token);
        await AssertRefusedAsync("store-not-a-database");
    }

    [Fact]
    public async Task A_database_of_another_application_is_refused_and_left_as_it_is()
    {
        using (var sql = Connection.Open(Database, create: true, TimeSpan.Zero))
            sql.RunScript("CREATE TABLE job (id TEXT); INSERT INTO job VALUES ('theirs'); PRAGMA user_version = 1");
        await AssertRefusedAsync("store-not-ours");
    }

    [Fact]
    public async Task A_store_of_a_newer_schema_is_refused_and_left_as_it_is()
    {
        using (var sql = Connection.Open(Database, create: true, TimeSpan.Zero))
            sql.RunScript($"CREATE TABLE job (id TEXT); PRAGMA application_id = {FileHeader.ApplicationId}; PRAGMA user_version = {Schema.Version + 1}");
        await AssertRefusedAsync("store-newer-schema");
    }

    [Fact]
    public async Task A_missing_directory_is_refused_by_name()
    {
        await using var store = new SqliteJobStore(_folder.File("missing/jobs.db"), "default");
        var refusal = await Assert.ThrowsAsync<DibsConfigurationException>(async () => await store.OpenAsync(Token));
        Assert.Equal("store-directory-missing", refusal.Code);
        Assert.Contains(_folder.File("missing"), refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_directory_is_refused_as_one()
    {
        Directory.CreateDirectory(Database);
        await using var store = new SqliteJobStore(Database, "default");
        var refusal = await Assert.ThrowsAsync<DibsConfigurationException>(async () => await store.OpenAsync(Token));
        Assert.Equal("store-not-writable", refusal.Code);
        Assert.Contains("is a directory", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stores_that_create_the_same_file_at_the_same_time_share_it()
    {
        var stores = Enumerable.Range(0, 8).Select(n => new SqliteJobStore(Database, $"n{n % 2}")).ToArray();
        await Task.WhenAll(stores.Select(store => Task.Run(async () => await store.OpenAsync(Token), Token)));
        await Task.WhenAll(stores.Select((store, n) => store.EnqueueAsync([Job($"j{n}")], Token).AsTask()));
        Assert.Equal(["j6", "j4", "j2", "j0"], (await stores[0].ListAsync(new JobQuery(), Token)).Jobs.Select(job => job.Record.Id).OrderDescending(StringComparer.Ordinal));
        foreach (var store in stores)
            await store.DisposeAsync();
    }

    [Fact]
    public async Task A_full_disk_fails_the_enqueue_and_nothing_half_is_stored()
    {
        using var open = OpenStore.Open(Database, "default", TimeProvider.System, TimeSpan.FromSeconds(1), new WakeUps(TimeProvider.System));
        await using var store = new SqliteJobStore(Database, "default");
        await store.OpenAsync(Token);
        await store.EnqueueAsync([Job("before", exclusive: ["r"])], Token);
        // The limit belongs to the connection, so the step goes through the writer that has it.
        await open.Writer.Do(step => step.Sql.Scalar("PRAGMA max_page_count = 60"), urgent: false, Token);
        var jobs = Many(50, id => Job(id, exclusive: ["r", id], content: $"\"{new string('x', 20_000)}\""));

        var failure = await Assert.ThrowsAsync<StoreException>(() => open.Writer.Do(step => Dibs.Sqlite.Steps.Enqueuer.Run(step, jobs), urgent: false, Token));

        Assert.Equal("store-full", failure.Code);
        Assert.False(failure.OutcomeUnknown);
        Assert.Single((await store.ListAsync(new JobQuery(), Token)).Jobs);
        Assert.Empty((await store.VerifyAsync(null, repair: false, Token)).Drifts);
        await open.Writer.Do(step => step.Sql.Scalar("PRAGMA max_page_count = 1000000"), urgent: false, Token);
        await open.Writer.Do(step => Dibs.Sqlite.Steps.Enqueuer.Run(step, jobs), urgent: false, Token);
        Assert.Equal(51, (await store.ListAsync(new JobQuery { Limit = 100 }, Token)).Jobs.Count);
    }

    [Fact]
    public async Task What_is_acknowledged_is_on_the_disk()
    {
        using var open = OpenStore.Open(Database, "default", TimeProvider.System, TimeSpan.FromSeconds(1), new WakeUps(TimeProvider.System));
        Assert.Equal(2, await open.Writer.Do(step => step.Sql.Scalar("PRAGMA synchronous"), urgent: false, Token));
        Assert.Equal("wal", await open.Writer.Do(step => step.Sql.Text("PRAGMA journal_mode"), urgent: false, Token));
    }

    [Fact]
    public async Task A_store_file_that_is_removed_or_replaced_under_a_process_is_noticed_and_works_again_when_it_is_put_back()
    {
        await using var store = await OpenWithAJobAsync();
        File.Move(Database, _folder.File("elsewhere.db"));
        await AssertFailsAsync(store, "store-moved");

        await File.WriteAllBytesAsync(Database, [], Token);
        await AssertFailsAsync(store, "store-moved");

        File.Move(_folder.File("elsewhere.db"), Database, overwrite: true);
        Assert.Equal(EnqueueOutcome.Stored, Assert.Single((await store.EnqueueAsync([Job("b")], Token)).Jobs).Outcome);
        Assert.Equal(2, (await store.ListAsync(new JobQuery(), Token)).Jobs.Count);
    }

    [Fact]
    public async Task What_was_written_while_the_store_file_was_taken_away_is_not_acknowledged_and_not_done_twice()
    {
        await using var store = await OpenWithAJobAsync();
        using (var open = OpenStore.Open(Database, "default", TimeProvider.System, TimeSpan.FromSeconds(1), new WakeUps(TimeProvider.System)))
        {
            var writing = open.Writer.Do(
                step =>
                {
                    var reply = Enqueuer.Run(step, [Job("b")]);
                    File.Move(Database, _folder.File("elsewhere.db"));
                    return reply;
                },
                urgent: false, Token);
            var failure = await Assert.ThrowsAsync<StoreException>(() => writing);
            Assert.Equal(("store-moved", true), (failure.Code, failure.OutcomeUnknown));
            File.Move(_folder.File("elsewhere.db"), Database);
        }
        Assert.Equal(EnqueueOutcome.Existed, Assert.Single((await store.EnqueueAsync([Job("b")], Token)).Jobs).Outcome);
    }

    [Fact]
    public async Task A_store_that_a_newer_version_migrates_meanwhile_is_not_touched_any_more()
    {
        await using var store = await OpenWithAJobAsync();
        using (var newer = Connection.Open(Database, create: false, TimeSpan.FromSeconds(1)))
            newer.RunScript($"PRAGMA user_version = {Schema.Version + 1}");
        Assert.Equal("store-newer-schema", (await Assert.ThrowsAsync<DibsConfigurationException>(async () => await store.EnqueueAsync([Job("b")], Token))).Code);
        Assert.Equal("store-newer-schema", (await Assert.ThrowsAsync<DibsConfigurationException>(async () => await store.SurveyAsync(0, Token))).Code);
    }

    [Fact]
    public async Task A_damaged_file_is_named_by_every_step_and_hangs_none()
    {
        await (await OpenWithAJobAsync()).DisposeAsync();
        var content = await File.ReadAllBytesAsync(Database, Token);
        new Random(1).NextBytes(content.AsSpan(4096));
        await File.WriteAllBytesAsync(Database, content, Token);
        await AssertDamagedAsync();
        await File.WriteAllBytesAsync(Database, content[..4096], Token);
        await AssertDamagedAsync();
    }

    [Fact]
    public async Task A_file_that_is_overwritten_under_a_process_is_damaged_and_hangs_nobody()
    {
        await using var store = await OpenWithAJobAsync();
        await File.WriteAllTextAsync(Database, new string('x', 200_000), Token);
        // What this process has read before may be answered still; a new connection has read nothing.
        await using var second = new SqliteJobStore(Database, "other");
        var failure = await Assert.ThrowsAsync<StoreException>(async () => await second.OpenAsync(Token));
        Assert.Equal("store-corrupt", failure.Code);
    }

    [Fact]
    public async Task A_pipe_is_refused_and_not_waited_for()
    {
        Assert.Equal(0, MakePipe(Database, 384));
        await using var store = new SqliteJobStore(Database, "default");
        Assert.Equal("store-not-a-database", (await Assert.ThrowsAsync<DibsConfigurationException>(async () => await store.OpenAsync(Token))).Code);
    }

    [Fact]
    public async Task A_lock_file_that_cannot_be_written_fails_the_step_as_a_failure_of_the_store()
    {
        File.CreateSymbolicLink($"{Database}-writer", "/dev/full");
        await using var store = new SqliteJobStore(Database, "default");
        await store.OpenAsync(Token);
        var failure = await Assert.ThrowsAsync<StoreException>(async () => await store.EnqueueAsync([Job("a")], Token));
        Assert.Equal(("store-io", false), (failure.Code, failure.OutcomeUnknown));
    }

    [LibraryImport("libc", EntryPoint = "mkfifo", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakePipe(string path, uint mode);

    private async Task<SqliteJobStore> OpenWithAJobAsync()
    {
        var store = new SqliteJobStore(Database, "default");
        await store.OpenAsync(Token);
        await store.EnqueueAsync([Job("a")], Token);
        return store;
    }

    private async Task AssertDamagedAsync()
    {
        await using var store = new SqliteJobStore(Database, "default");
        Assert.Equal("store-corrupt", (await Assert.ThrowsAsync<StoreException>(async () =>
        {
            await store.OpenAsync(Token);
            await store.EnqueueAsync([Job("b")], Token);
        })).Code);
    }

    private static async Task AssertFailsAsync(SqliteJobStore store, string code)
    {
        Assert.Equal(code, (await Assert.ThrowsAsync<StoreException>(async () => await store.EnqueueAsync([Job("b")], Token))).Code);
        Assert.Equal(code, (await Assert.ThrowsAsync<StoreException>(async () => await store.SurveyAsync(0, Token))).Code);
    }

    private async Task AssertRefusedAsync(string code)
    {
        var before = await File.ReadAllBytesAsync(Database, Token);
        await using var store = new SqliteJobStore(Database, "default");
        var refusal = await Assert.ThrowsAsync<DibsConfigurationException>(async () => await store.OpenAsync(Token));
        Assert.Equal(code, refusal.Code);
        Assert.Equal(before, await File.ReadAllBytesAsync(Database, Token));
        Assert.Equal([Database], Directory.GetFiles(_folder.Path));
    }
}
