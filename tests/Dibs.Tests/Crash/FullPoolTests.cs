using System.Diagnostics;
using System.Text.Json;
using Dibs.Clients;
using Dibs.Redis;
using Dibs.Sqlite;
using Dibs.Stores;
using Dibs.Tests.Cli;
using Dibs.Tests.Redis.Servers;
using Dibs.Tests.Support;

namespace Dibs.Tests.Crash;

/// <summary>Worker processes that run jobs in themselves, and jobs that take what the worker needs to keep its lease.</summary>
[Collection(Alone.Name)]
public sealed class FullPoolTests(SharedRedis redis)
{
    private const string Block = "Witness.Flood.Block";
    private const string Collect = "Witness.Flood.Collect";
    private const int Works = 2000;
    private const int Megabytes = 200;

    private static readonly TimeSpan LongerThanTwoLeases = CrashScene.Lease * 2.2;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_job_that_fills_the_pool_of_threads_costs_its_worker_no_lease_and_hears_its_cancel()
    {
        await using var sqlite = await Scene.OnSqliteAsync();
        await using var overRedis = await Scene.OnRedisAsync(await redis.ServerAsync());
        await Task.WhenAll(new[] { sqlite, overRedis }.Select(async scene =>
        {
            await scene.BeginAsync("flood", Block, Works, LongerThanTwoLeases);
            Assert.InRange(await scene.CompletedAsync("flood"), Works / 2, Works);

            await scene.BeginAsync("canceled", Block, Works, Patience);
            await scene.Jobs.CancelAsync("canceled");
            Assert.Equal(JobState.Canceled, (await scene.UntilAsync("canceled", state => state.IsFinal())).Record.State);
            await scene.AssertNobodyWasLostAsync();
        }));
    }

    [Fact, Trait("Duration", "long")]
    public async Task Collections_that_stop_all_threads_for_less_than_two_thirds_of_the_lease_cost_nothing()
    {
        await using var scene = await Scene.OnSqliteAsync();
        await scene.BeginAsync("collect", Collect, Megabytes, LongerThanTwoLeases);
        TestContext.Current.TestOutputHelper?.WriteLine($"The longest pause was {await scene.CompletedAsync("collect"):0} ms.");
        await scene.AssertNobodyWasLostAsync();
    }

    [Fact, Trait("Duration", "long")]
    public async Task An_application_that_fills_its_pool_of_threads_costs_the_jobs_in_its_job_hosts_nothing()
    {
        using var folder = TemporaryFolder.InMemory();
        await using var store = new SqliteJobStore(folder.File("jobs.db"), "default");
        await store.OpenAsync(Token);
        var jobs = new JobClient(new StoreGate(store), catalog: null, TimeProvider.System);
        using var app = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Dibs.Tests.Child.dll"), "host", folder.File("jobs.db"), "flood"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        try
        {
            var seconds = (LongerThanTwoLeases + TimeSpan.FromSeconds(1)).TotalSeconds;
            await jobs.EnqueueManyAsync([JobRequest.Command(["sh", "-c", $"touch '{folder.File("begun")}'; exec sleep {seconds:0.0}"], options: new JobOptions { Id = "sleeps" })], Token);
            await Deadline.UntilAsync(() => File.Exists(folder.File("begun")), Patience, "the program begins");
            await app.StandardInput.WriteLineAsync("flood");
            await Task.Delay(LongerThanTwoLeases, TimeProvider.System, Token);
            await app.StandardInput.WriteLineAsync("over");
            var job = await Deadline.UntilAsync(async () => (await store.GetAsync(["sleeps"], JobParts.Details, Token)).Single().Record, job => job.State.IsFinal(), Patience, "the job ends");
            Assert.True((job.State, job.Attempt) == (JobState.Completed, 1), $"{job.State} {job.Reason}, attempt {job.Attempt}: {job.Error?.Message}");
        }
        finally
        {
            app.Kill();
        }
        Assert.Matches(@"\b1\d{3} wait for a thread", await app.StandardOutput.ReadToEndAsync(Token));
    }

    /// <summary>A worker that runs jobs in its own process, another one that would rescue it, and their store.</summary>
    private sealed class Scene : IAsyncDisposable
    {
        private readonly IJobStore _store;
        private readonly string _address;
        private readonly CliProcess _cli = new();
        private readonly List<CrashWorker> _workers = [];
        private readonly TemporaryFolder _folder;

        private Scene(TemporaryFolder folder, IJobStore store, string address, string @namespace)
        {
            (_folder, _store, _address) = (folder, store, address);
            Jobs = new JobClient(new StoreGate(store), catalog: null, TimeProvider.System);
            (_cli.Variables["DIBS_STORE"], _cli.Variables["DIBS_NAMESPACE"]) = (address, @namespace);
        }

        public JobClient Jobs { get; }

        public static async Task<Scene> OnSqliteAsync()
        {
            var folder = TemporaryFolder.InMemory();
            var file = folder.File("jobs.db");
            return await OpenAsync(new Scene(folder, new SqliteJobStore(file, "default"), $"sqlite:{file}", "default"));
        }

        public static async Task<Scene> OnRedisAsync(RedisServer server)
        {
            var @namespace = SharedRedis.NewNamespace();
            return await OpenAsync(new Scene(TemporaryFolder.InMemory(), new RedisJobStore(RedisAddress.Parse(server.Address), @namespace), server.Address, @namespace));
        }

        /// <summary>Enqueues a job of the queue that only the first worker serves, and waits until it runs.</summary>
        public async Task BeginAsync(string id, string method, int amount, TimeSpan length)
        {
            await Jobs.EnqueueManyAsync([JobRequest.Method(method, [amount, (int)length.TotalMilliseconds], options: new JobOptions { Id = id })], Token);
            await UntilAsync(id, state => state != JobState.Ready);
        }

        /// <summary>Waits for the end of a job, which no attempt may have failed, and returns the number that is its result.</summary>
        public async Task<double> CompletedAsync(string id)
        {
            var job = await UntilAsync(id, state => state.IsFinal());
            // A worker that is slow to start may give a claim back without having run it.
            Assert.All(job.Record.Attempts!.SkipLast(1), attempt => Assert.Equal(Verdict.ReturnedReason, attempt.Reason));
            Assert.True(job.Record.State == JobState.Completed, $"{_address}: {job.Record.State} {job.Record.Reason}; the worker says: {_workers[0].Log}");
            return JsonSerializer.Deserialize<double>(job.Result!.Value.Span);
        }

        public Task<StoredJob> UntilAsync(string id, Func<JobState, bool> isSo) => Deadline.UntilAsync(
            async () => (await _store.GetAsync([id], JobParts.Details, Token)).Single(), job => isSo(job.Record.State), Patience, $"{_address}: job '{id}' gets on; the worker says: {_workers[0].Log}");

        public async Task AssertNobodyWasLostAsync()
        {
            Assert.All(await Task.WhenAll(_workers.Select(worker => worker.StopAsync())), exit => Assert.Equal(0, exit));
            Assert.All(_workers, worker => Assert.DoesNotContain(" lease ", AfterStart(worker), StringComparison.Ordinal));
            Assert.All(_workers, worker => Assert.DoesNotContain("was lost", worker.Log, StringComparison.Ordinal));
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var worker in _workers)
                await worker.DisposeAsync();
            await _store.DisposeAsync();
            _cli.Dispose();
            _folder.Dispose();
        }

        private static string AfterStart(CrashWorker worker) => string.Join('\n', worker.Log.Split('\n').Where(line => !line.Contains("' started: ", StringComparison.Ordinal)));

        private static async Task<Scene> OpenAsync(Scene scene)
        {
            await scene._store.OpenAsync(Token);
            scene.Work("flooded", "default");
            scene.Work("rescuer", "other");
            await Deadline.UntilAsync(async () => (await scene._store.SurveyAsync(SurveyParts.Workers, Token)).Workers.Count, known => known == 2, Patience, "the store knows both workers");
            return scene;
        }

        private void Work(string name, string queue)
        {
            var process = _cli.Start(
                "worker", "--name", name, "--queue", queue, "--slots", "1", "--isolation", "none", "--lease", $"{CrashScene.Lease.TotalSeconds}s", "--app", CliProcess.App("Witness"));
            _workers.Add(new CrashWorker(name, process, _folder.Path, name));
        }
    }
}
