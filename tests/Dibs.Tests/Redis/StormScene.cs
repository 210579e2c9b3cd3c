using Dibs.Stores;
using Dibs.Tests.Redis.Servers;
using Dibs.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Dibs.Tests.Redis;

/// <summary>A storm: clients with connections of their own in one namespace, what disturbs them, and the balance afterwards.</summary>
internal sealed class StormScene : IAsyncDisposable
{
    private const int Clients = 8;

    private static readonly TimeSpan Length = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan DrainedWithin = TimeSpan.FromSeconds(90);

    private readonly RedisServer _server;
    private readonly string _namespace = SharedRedis.NewNamespace();
    private readonly StormHistory _history = new();
    private readonly List<StormClient> _clients = [];
    private readonly WorkScene _look;

    private StormScene(RedisServer server)
    {
        _server = server;
        _look = new WorkScene(server.Address, _namespace);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Runs a storm to its end and checks everything. Says how many calls failed and were repeated.</summary>
    /// <param name="server">The server; one of its own if it is disturbed.</param>
    /// <param name="disturbance">What is done to it meanwhile, and how often.</param>
    public static async Task<int> RunAsync(RedisServer server, (TimeSpan Every, Func<Task> Act)? disturbance = null)
    {
        await using var scene = new StormScene(server);
        await scene._look.Store.OpenAsync(Token);
        var seed = RandomTrials.FirstSeed();
        for (var n = 1; n <= Clients; n++)
            scene._clients.Add(await StormClient.OpenAsync(server.Address, scene._namespace, $"client-{n}", new Random(unchecked(seed + n)), scene._history));

        await scene.WorkAsync(disturbance);
        await scene.DrainAsync();
        await scene.AssertPromisesKeptAsync();
        await scene.AssertNothingStaysAsync();
        TestContext.Current.TestOutputHelper?.WriteLine(scene._history.ToString());
        return scene._history.Setbacks;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
            await client.DisposeAsync();
        await _look.DisposeAsync();
    }

    private async Task WorkAsync((TimeSpan Every, Func<Task> Act)? disturbance)
    {
        // Not until the last client is through: one that is long without a connection would otherwise never find the server in peace.
        using var over = new CancellationTokenSource(Length, TimeProvider.System);
        var disturbing = disturbance is var (every, act) ? DisturbAsync(every, act, over.Token) : Task.CompletedTask;
        await Task.WhenAll([disturbing, .. _clients.Select(client => Task.Run(() => client.WorkAsync(Length), Token))]);
    }

    /// <summary>Never leaves off in the middle of an act.</summary>
    private static async Task DisturbAsync(TimeSpan every, Func<Task> act, CancellationToken until)
    {
        using var timer = new PeriodicTimer(every, TimeProvider.System);
        try
        {
            while (await timer.WaitForNextTickAsync(until))
                await act();
        }
        catch (OperationCanceledException) when (until.IsCancellationRequested)
        {
            // The storm is over.
        }
    }

    /// <summary>All clients together bring all jobs to their end, and leave.</summary>
    private async Task DrainAsync()
    {
        using var drained = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var draining = _clients.Select(client => Task.Run(() => client.DrainAsync(drained.Token), Token)).ToArray();
        await Deadline.UntilAsync(
            () => draining.Any(client => client.IsCompleted) ? Task.FromResult(0L) : _look.Store.CountAsync(state => !state.IsFinal()),
            left => left == 0, DrainedWithin, "all jobs end, none is stuck");
        await drained.CancelAsync();
        await Task.WhenAll(draining);
        foreach (var client in _clients)
            await client.LeaveAsync();
    }

    private async Task AssertPromisesKeptAsync()
    {
        await _look.AssertCleanAsync();
        Assert.Empty((await _look.Store.SurveyAsync(SurveyParts.Workers, Token)).Workers);
        var records = new List<JobRecord>();
        foreach (var ids in _history.Acknowledged.Chunk(Limits.JobsPerStep))
            records.AddRange((await _look.Store.GetAsync(ids, JobParts.None, Token)).Select(job => job.Record));
        Assert.Equal(_history.Acknowledged.Count, await _look.Store.CountAsync(_ => true));
        _history.AssertKept(records);
    }

    /// <summary>When all jobs are old enough and are pruned, the counters alone are left.</summary>
    private async Task AssertNothingStaysAsync()
    {
        var later = new FakeTimeProvider(TimeProvider.System.GetUtcNow() + (10 * Retention.Minimum));
        await using var store = RedisStores.Create(_server.Address, _namespace, later);
        await store.OpenAsync(Token);
        while ((await store.TendAsync(new Retention(Retention.Minimum, 0), Token)).More)
        {
        }
        var prefix = $"{{dibs:{_namespace}}}:";
        Assert.Equal([$"{prefix}meta"], await RedisKeys.AllAsync(_server, prefix));
        await RedisKeys.SweepAsync(_server, prefix);
    }
}
