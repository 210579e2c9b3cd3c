using System.Diagnostics;
using Dibs.Redis;
using Dibs.Stores;
using Dibs.Tests.Support;

namespace Dibs.Tests.Redis;

/// <summary>
/// One client in a storm: it enqueues, works, cancels and does the chores at random, one call at a time, and repeats each as the seam
/// says until it is answered. Now and then it stops like a killed worker and goes on as a new incarnation.
/// </summary>
internal sealed class StormClient : IAsyncDisposable
{
    private const int MostClaims = 5;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(20);

    /// <summary>Each with its capacity, if it has one.</summary>
    private static readonly (string Name, int? Capacity)[] Resources =
        [.. Enumerable.Range(1, 12).Select(n => ($"resource-{n}", n % 3 == 0 ? 2 + (n % 2) : default(int?)))];

    private readonly RedisJobStore _store;
    private readonly string _name;
    private readonly Random _random;
    private readonly StormHistory _history;
    private readonly List<StormAttempt> _running = [];
    private int _incarnations;
    private long _exchanges;
    private int _jobs;

    private StormClient(RedisJobStore store, string name, Random random, StormHistory history) =>
        (_store, _name, _random, _history) = (store, name, random, history);

    private string Incarnation => $"{_name}-{_incarnations}";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<StormClient> OpenAsync(string address, string @namespace, string name, Random random, StormHistory history)
    {
        var client = new StormClient(new RedisJobStore(RedisAddress.Parse(address), @namespace), name, random, history);
        await client._store.OpenAsync(Token);
        await client.BeginIncarnationAsync();
        return client;
    }

    public async Task WorkAsync(TimeSpan length)
    {
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < length)
            await NextAsync();
    }

    /// <summary>Helps to bring everything to its end.</summary>
    public async Task DrainAsync(CancellationToken until)
    {
        while (!until.IsCancellationRequested)
        {
            await BeatAsync();
            await TendAsync();
            await ExchangeAsync(_running.ToArray(), MostClaims, _ => SettleOutcome.Completed);
            if (_running.Count == 0)
                await Task.Delay(BetweenTries, TimeProvider.System, Token);
        }
    }

    /// <summary>Settles what it still runs, and is forgotten.</summary>
    public async Task LeaveAsync()
    {
        await ExchangeAsync(_running.ToArray(), 0, _ => SettleOutcome.Completed);
        await InsistAsync(() => _store.HeartbeatAsync(new() { Incarnation = Incarnation, Leaving = true }, Token));
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    private Task NextAsync() => _random.Next(100) switch
    {
        < 22 => EnqueueAsync(),
        < 66 => ExchangeAsync([.. _running.Where(_ => _random.Next(2) == 0)], _random.Next(MostClaims), _ => NextOutcome()),
        < 78 => BeatAsync(),
        < 81 => StopAsync(),
        < 86 => ChangeAsync(ChangeKind.Cancel),
        < 90 => ChangeAsync(ChangeKind.Requeue),
        < 95 => ReportAsync(),
        _ => TendAsync(),
    };

    private SettleOutcome NextOutcome() => _random.Next(10) switch
    {
        < 7 => SettleOutcome.Completed,
        7 => SettleOutcome.Failed,
        8 => SettleOutcome.Stopped,
        _ => SettleOutcome.Returned,
    };

    private async Task EnqueueAsync()
    {
        var jobs = Enumerable.Range(0, _random.Next(1, 4)).Select(_ => NextJob()).ToArray();
        _history.Send(jobs);
        var reply = await InsistAsync(() => _store.EnqueueAsync(jobs, Token));
        Assert.All(reply.Jobs, job => Assert.True(job.Outcome is EnqueueOutcome.Stored or EnqueueOutcome.Existed, $"{job}"));
        _history.Acknowledge(jobs.Select(job => job.Id));
    }

    private NewJob NextJob()
    {
        var touched = Resources.Where(_ => _random.Next(7) == 0).ToLookup(_ => _random.Next(2) == 0);
        return SampleJobs.Job(
            $"{_name}.{++_jobs}",
            exclusive: touched[true].Select(resource => resource.Name),
            shared: touched[false].Select(resource => new SharedResource(resource.Name, resource.Capacity)),
            after: _random.Next(5) == 0 ? _history.Pick(_random, _random.Next(1, 3)) : [],
            priority: _random.Next(3) == 0 ? _random.Next(-3, 4) : 0,
            delay: _random.Next(6) == 0 ? TimeSpan.FromMilliseconds(_random.Next(800)) : null,
            content: $$"""{"args":["{{_name}}.{{_jobs}}"]}""");
    }

    private async Task ExchangeAsync(StormAttempt[] ending, int claims, Func<StormAttempt, SettleOutcome> outcomeOf)
    {
        var ended = Stopwatch.GetTimestamp();
        foreach (var attempt in ending)
            attempt.Ended = ended;
        var request = new ExchangeRequest
        {
            Incarnation = Incarnation,
            Number = ++_exchanges,
            Claims = claims,
            Settlements = [.. ending.Select(attempt => TestWorker.Ended(attempt.Claim, outcomeOf(attempt)))],
        };
        var reply = await InsistAsync(() => _store.ExchangeAsync(request, Token));
        Assert.True(reply.Known, $"'{Incarnation}' never stopped, and the store has forgotten it.");
        Assert.Empty(reply.Refused);
        foreach (var settlement in request.Settlements)
            _history.Settle(settlement);
        foreach (var attempt in ending)
            _running.Remove(attempt);
        _running.AddRange(reply.Claims.Select(_history.Begin));
    }

    /// <summary>A heartbeat, and the rescue of those of whom it tells that they have stopped.</summary>
    private async Task BeatAsync()
    {
        var held = _running.Select(attempt => attempt.Claim.Key).ToArray();
        var reply = await InsistAsync(() => _store.HeartbeatAsync(new() { Incarnation = Incarnation, Held = held }, Token));
        Assert.True(reply.Known, $"'{Incarnation}' never stopped, and the store has forgotten it.");
        Assert.Empty(reply.Lost);
        foreach (var observed in reply.Stalest.Where(other => _history.HasStopped(other.Incarnation)).Take(3))
            await InsistAsync(() => _store.RescueAsync(observed, Token));
    }

    /// <summary>As if killed: what it ran is over, and half of the time there is an answer on its way that nobody hears.</summary>
    private async Task StopAsync()
    {
        var ended = Stopwatch.GetTimestamp();
        foreach (var attempt in _running)
            attempt.Ended = ended;
        _running.Clear();
        if (_random.Next(2) == 0)
            await InsistAsync(() => _store.ExchangeAsync(new() { Incarnation = Incarnation, Number = ++_exchanges, Claims = MostClaims }, Token));
        _history.Stop(Incarnation);
        await BeginIncarnationAsync();
    }

    private async Task BeginIncarnationAsync()
    {
        _incarnations++;
        _exchanges = 0;
        var registration = TestWorker.RegistrationOf(_name) with { Incarnation = Incarnation };
        await InsistAsync(async ValueTask<bool> () =>
        {
            await _store.RegisterAsync(registration, Token);
            return true;
        });
    }

    private async Task ChangeAsync(ChangeKind change)
    {
        var ids = _history.Pick(_random, 2);
        if (change == ChangeKind.Cancel)
            _history.AskToCancel(ids);
        foreach (var job in (await InsistAsync(() => _store.ChangeAsync(change, ids, Token))).Items)
            _history.Change(change, job);
    }

    private async Task ReportAsync()
    {
        if (_running is not [var attempt, ..])
            return;
        var report = new JobReport
        {
            Key = attempt.Claim.Key,
            Progress = [new() { Code = "phase", Message = "Working", Done = _random.Next(10), State = "running" }],
            Created = [$"made:{attempt.Claim.Key.JobId}"],
            Lines = [new LogLine(TimeProvider.System.GetUtcNow(), "still here")],
        };
        await InsistAsync(async ValueTask<bool> () =>
        {
            await _store.ReportAsync([report], Token);
            return true;
        });
    }

    private Task<TendReply> TendAsync() => InsistAsync(() => _store.TendAsync(Retention.Default, Token));

    /// <summary>The same call again and again until it is answered.</summary>
    private async Task<T> InsistAsync<T>(Func<ValueTask<T>> call)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            _history.Call();
            try
            {
                return await call();
            }
            catch (StoreException setback) when (clock.Elapsed < Patience)
            {
                _history.Fail(setback);
                await Task.Delay(BetweenTries, TimeProvider.System, Token);
            }
        }
    }
}
