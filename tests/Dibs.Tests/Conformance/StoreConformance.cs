using Dibs.Stores;
using Dibs.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Dibs.Tests.Conformance;

/// <summary>
/// What every store does, one named behaviour per test. A new store is one class that derives from this one. Each test has
/// a store of its own, and after each test derived data is compared with the truth.
/// </summary>
public abstract partial class StoreConformance : IAsyncLifetime
{
    /// <summary>Bounds the calls of a drain: far more than any test leaves pending, so that a store that always says more fails.</summary>
    private const int MostDrainSteps = 100;

    private readonly List<IJobStore> _opened = [];

    protected static DateTimeOffset Start { get; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    protected FakeTimeProvider Time { get; } = new(Start);

    protected IJobStore Store { get; private set; } = null!;

    /// <summary>A store for a namespace; stores of one test share what they are kept in, and take their time from the given clock.</summary>
    protected abstract Task<IJobStore> CreateAsync(string @namespace, TimeProvider time);

    public virtual async ValueTask InitializeAsync() => Store = await OpenAsync("default");

    public virtual async ValueTask DisposeAsync()
    {
        foreach (var store in _opened)
        {
            Assert.Empty(await store.DriftsAsync());
            await store.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    private async Task<IJobStore> OpenAsync(string @namespace)
    {
        var store = await CreateAsync(@namespace, Time);
        _opened.Add(store);
        await store.OpenAsync(Token);
        return store;
    }

    private async Task<EnqueueReply> EnqueueAsync(params NewJob[] jobs) => await Store.EnqueueAsync(jobs, Token);

    private Task<TestWorker> WorkerAsync(string name = "w", params string[] queues) =>
        TestWorker.RegisterAsync(Store, TestWorker.RegistrationOf(name, queues));

    private async Task<StoredJob> StoredAsync(string id, JobParts parts = JobParts.Details | JobParts.Logs) =>
        Assert.Single(await Store.GetAsync([id], parts, Token));

    private async Task<JobRecord> RecordAsync(string id) => (await StoredAsync(id)).Record;

    private async Task AssertStatesAsync(JobState state, params string[] ids)
    {
        var jobs = await Store.GetAsync(ids, JobParts.None, Token);
        Assert.Equal(ids.Select(id => (id, state)), jobs.Select(job => (job.Record.Id, job.Record.State)));
    }

    private async Task<int> CountAsync(JobState state) => (int)await Store.CountAsync(counted => counted == state);

    private async Task<Changed> CancelAsync(string id) =>
        Assert.Single((await Store.ChangeAsync(ChangeKind.Cancel, [id], Token)).Items);

    private async Task<Changed> RequeueAsync(string id) =>
        Assert.Single((await Store.ChangeAsync(ChangeKind.Requeue, [id], Token)).Items);

    private async Task<TendReply> TendAsync(Retention? retention = null) => await Store.TendAsync(retention ?? Retention.Default, Token);

    /// <summary>Empty polls until nothing is pending.</summary>
    private async Task DrainAsync()
    {
        for (var step = 0; (await TendAsync()).More; step++)
            Assert.True(step < MostDrainSteps, "The store goes on saying that pending work is left.");
    }

    private async Task<ResourceRecord?> ResourceAsync(string name) =>
        (await Store.SurveyAsync(SurveyParts.Resources, Token)).Resources.SingleOrDefault(resource => resource.Name == name);
}
