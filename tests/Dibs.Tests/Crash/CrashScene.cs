using Dibs.Clients;
using Dibs.Sqlite;
using Dibs.Stores;
using Dibs.Tests.Cli;
using Dibs.Tests.Support;

namespace Dibs.Tests.Crash;

/// <summary>A SQLite store, worker processes on it, and jobs that bear witness of when they ran.</summary>
internal sealed class CrashScene : IAsyncDisposable
{
    public const string Attend = "Witness.Attendance.AttendAsync";
    public const string Insist = "Witness.Attendance.InsistAsync";

    /// <summary>The shortest there is.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(3);

    /// <summary>Until what a dead worker held has moved on, counted from its death or from the first look of a rescuer.</summary>
    public static readonly TimeSpan MovedOnWithin = Lease + TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromMilliseconds(300);

    // What is killed here are processes and not the machine, so that nothing depends on how fast the disk syncs.
    private readonly TemporaryFolder _folder = TemporaryFolder.InMemory();
    private readonly CliProcess _cli = new();
    private readonly List<CrashWorker> _workers = [];
    private readonly SqliteJobStore _probe;

    private CrashScene()
    {
        Store = new SqliteJobStore(Database, "default");
        _probe = new SqliteJobStore(Database, "default", lockTimeout: ProbeTimeout);
        Jobs = new JobClient(new StoreGate(Store), catalog: null, TimeProvider.System);
        _cli.Variables["DIBS_STORE"] = $"sqlite:{Database}";
    }

    public string Database => _folder.File("jobs.db");

    public SqliteJobStore Store { get; }

    public IJobClient Jobs { get; }

    /// <summary>All that were started, dead or alive.</summary>
    public IReadOnlyList<CrashWorker> Workers => _workers;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<CrashScene> OpenAsync()
    {
        var scene = new CrashScene();
        await scene.Store.OpenAsync(Token);
        await scene._probe.OpenAsync(Token);
        return scene;
    }

    /// <summary>Starts a worker process and does not wait for it.</summary>
    public CrashWorker Work(string name, int slots = 1, TimeSpan? lease = null, string isolation = "process")
    {
        var witness = _cli.Variables["WITNESS_WORKER"] = $"{_workers.Count}";
        var process = _cli.Start(
            "worker", "--name", name, "--slots", $"{slots}", "--lease", $"{(lease ?? Lease).TotalSeconds}s", "--app", CliProcess.App("Witness"), "--allow-commands", "--isolation", isolation);
        var worker = new CrashWorker(name, process, _folder.Path, witness);
        _workers.Add(worker);
        return worker;
    }

    /// <summary>Waits until the store knows a worker, from when on it looks at the beats of others.</summary>
    public async Task<WorkerRecord> UntilKnownAsync(CrashWorker worker) => (await Deadline.UntilAsync(
        async () => (await Store.SurveyAsync(SurveyParts.Workers, Token)).Workers.SingleOrDefault(known => known.Registration.Pid == worker.Id),
        known => known is not null, Patience, $"the store knows worker '{worker.Name}', which says: {worker.Log}"))!;

    public JobRequest Request(string id, string method, TimeSpan length, IReadOnlyList<string>? exclusive = null, IReadOnlyList<string>? shared = null) =>
        JobRequest.Method(method, [_folder.Path, (int)length.TotalMilliseconds], options: new JobOptions
        {
            Id = id,
            Exclusive = exclusive ?? [],
            Shared = [.. (shared ?? []).Select(name => new SharedResource(name))],
        });

    public JobRequest Command(string id, string script, IReadOnlyList<string>? exclusive = null) =>
        JobRequest.Command(["sh", "-c", script], options: new JobOptions { Id = id, Exclusive = exclusive ?? [] });

    public string File(string name) => _folder.File(name);

    public Task EnqueueAsync(params JobRequest[] requests) => Jobs.EnqueueManyAsync(requests, Token);

    /// <summary>Waits until a job is in this state; fails at once if it became final otherwise.</summary>
    public async Task<JobRecord> UntilAsync(string id, JobState state)
    {
        var job = await Deadline.UntilAsync(() => GetAsync(id), job => job.State == state || job.State.IsFinal(), Patience, $"job '{id}' is {state.ToText()}");
        Assert.True(job.State == state, $"Job '{id}' should be {state.ToText()} and is {job.State.ToText()}: {job.Reason} {job.Error}");
        return job;
    }

    /// <summary>Waits until the code of a job has begun, and says in which worker.</summary>
    public async Task<CrashWorker> UntilBegunAsync(string id) => (await Deadline.UntilAsync(
        () => Task.FromResult(_workers.SingleOrDefault(worker => worker.Visits.Any(visit => visit.JobId == id))),
        worker => worker is not null, Patience, $"the code of '{id}' begins"))!;

    public async Task<JobRecord> GetAsync(string id) => (await Store.GetAsync([id], JobParts.Details, Token)).Single().Record;

    public Task UntilAllAreFinalAsync() =>
        Deadline.UntilAsync(() => Store.CountAsync(state => !state.IsFinal()), left => left == 0, Patience, "all jobs are final, none is stuck");

    /// <summary>Freezes a worker, but not inside a transaction, where it would hold up everybody.</summary>
    public async Task FreezeAsync(CrashWorker worker)
    {
        while (true)
        {
            await worker.FreezeAsync();
            try
            {
                await _probe.TendAsync(Retention.Default, Token);
                return;
            }
            catch (StoreException exception) when (exception.Code == "store-locked")
            {
                worker.Thaw();
            }
        }
    }

    public async Task AssertCleanAsync()
    {
        var verify = await _cli.RunAsync("verify");
        Assert.True(verify.Exit == 0, verify.Out + verify.Error);
    }

    /// <summary>Starts another verb of the command line on the store.</summary>
    public System.Diagnostics.Process Start(params string[] words) => _cli.Start(words);

    public System.Diagnostics.Process StartProgram(string program, params string[] words) => _cli.Start(program, words);

    public Task<CliResult> RunAsync(params string[] words) => _cli.RunAsync(words);

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers)
            await worker.DisposeAsync();
        await Store.DisposeAsync();
        await _probe.DisposeAsync();
        _cli.Dispose();
        _folder.Dispose();
    }
}
