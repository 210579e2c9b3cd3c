using Dibs.Clients;
using Dibs.Redis;
using Dibs.Sqlite;
using Dibs.Stores;
using Dibs.Tests.Redis.Servers;
using Dibs.Tests.Support;

namespace Dibs.Tests.Crash.Faults;

/// <summary>A store of either kind, which may go and come back: what is asked of it is asked as often as it takes.</summary>
internal sealed class FaultStore : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly IJobStore _store;
    private readonly JobClient _jobs;
    private readonly RedisServer? _server;

    private FaultStore(string address, IJobStore store, RedisServer? server)
    {
        (Address, _store, _server) = (address, store, server);
        _jobs = new JobClient(new StoreGate(store), catalog: null, TimeProvider.System);
    }

    public string Address { get; }

    public RedisServer Server => _server ?? throw new InvalidOperationException("A file has no server.");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<FaultStore> OpenAsync(StoreKind kind, TemporaryFolder folder)
    {
        if (kind == StoreKind.Sqlite)
            return await OpenAsync($"sqlite:{folder.File("jobs.db")}", new SqliteJobStore(folder.File("jobs.db"), "default"), server: null);
        // All that it acknowledges is on the disk: what is looked at here is not what an operator chose to lose.
        var server = await RedisServer.StartAsync(new RedisSetup { AppendOnly = "always" });
        return await OpenAsync(server.Address, new RedisJobStore(RedisAddress.Parse(server.Address), "default"), server);
    }

    public Task EnqueueAsync(IEnumerable<JobRequest> requests)
    {
        var jobs = requests.ToArray();
        return AskAsync(async () => await _jobs.EnqueueManyAsync(jobs, Token));
    }

    public Task CancelAsync(params string[] ids) => AskAsync(() => _store.ChangeAsync(ChangeKind.Cancel, ids, Token));

    public Task UntilBegunAsync(params string[] ids) => Deadline.UntilAsync(
        () => AskAsync(async () => (await _store.GetAsync(ids, JobParts.None, Token)).Count(job => job.Record.StartedAt is not null)),
        begun => begun == ids.Length, Patience, $"{string.Join(", ", ids)} began");

    public Task UntilKnownAsync(CrashWorker worker) => Deadline.UntilAsync(
        () => AskAsync(async () => (await _store.SurveyAsync(SurveyParts.Workers, Token)).Workers.Any(known => known.Registration.Pid == worker.Id)),
        isKnown => isKnown, Patience, $"the store knows worker '{worker.Name}'");

    public Task UntilAllAreFinalAsync() => Deadline.UntilAsync(
        () => AskAsync(async () => await _store.CountAsync(state => !state.IsFinal())),
        left => left == 0, Patience, "all jobs are final, none is stuck");

    public async Task<IReadOnlyCollection<JobRecord>> ReadAsync(IReadOnlyList<string> ids) =>
        [.. (await _store.GetAsync(ids, JobParts.Details, Token)).Select(job => job.Record)];

    public async Task AssertCleanAsync() => Assert.Empty(await _store.DriftsAsync());

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        if (_server is not null)
            await _server.DisposeAsync();
    }

    private static async Task<FaultStore> OpenAsync(string address, IJobStore store, RedisServer? server)
    {
        await store.OpenAsync(Token);
        return new FaultStore(address, store, server);
    }

    private static Task<T> AskAsync<T>(Func<ValueTask<T>> ask) => StoreQuestions.WhenThereAsync(ask, Patience);
}
