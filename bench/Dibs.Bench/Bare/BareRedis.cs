using Dibs.Bench.Media;
using Dibs.Redis;
using Dibs.Redis.Connections;
using Dibs.Redis.Scripts;
using Dibs.Stores;
using StackExchange.Redis;

namespace Dibs.Bench.Bare;

/// <summary>
/// The same scripts with arguments that were prepared before, sent over one connection without waiting for answers: what the
/// server can do if nothing is to be waited for. Where only one call at a time is to be made, a SET.
/// </summary>
internal sealed class BareRedis : IBareStore
{
    /// <summary>Enough large steps that the server never waits for this process; few enough that, on a busy machine too, none waits for as long as its time-out.</summary>
    private const int StepsInFlight = 8;

    /// <summary>Where an answer of exchange has the number of refused settlements.</summary>
    private const int RefusedAt = 7;

    private const string Queue = "free";

    // Each step has a time of its own, so far from the last one that the fences of its claims, one per microsecond, lie between.
    private static readonly TimeSpan StepTime = TimeSpan.FromMilliseconds(1);
    private static readonly byte[] Body = new byte[64];

    private readonly RedisServers _servers;
    private readonly string _namespace;
    private readonly RedisLink _link;
    private readonly RedisJobStore _store;
    private readonly JobMaker _jobs = new();
    private DateTimeOffset _now = TimeProvider.System.GetUtcNow();
    private int _keys;

    private BareRedis(RedisServers servers, string @namespace)
    {
        (_servers, _namespace, _link) = (servers, @namespace, servers.Link(@namespace));
        _store = new RedisJobStore(_link, @namespace);
    }

    public static async Task<BareRedis> OpenAsync(RedisServers servers, string @namespace, CancellationToken cancellationToken)
    {
        var bare = new BareRedis(servers, @namespace);
        await bare._store.OpenAsync(cancellationToken);
        // A script that the server does not know is sent again, after those that were sent behind it; so it is to know them.
        await bare.SendAsync([bare.Enqueue([]), bare.Exchange("nobody", 1, [], 0)], StepsInFlight, cancellationToken);
        return bare;
    }

    public async Task<double> InsertAsync(int rows, int callers, int perStep, CancellationToken cancellationToken)
    {
        var isSingle = callers == 1 && perStep == 1;
        List<Call> calls = isSingle ? [] : [.. _jobs.Make(rows, Queue).Chunk(perStep).Select(Enqueue)];
        var lap = Lap.Start();
        for (var i = 0; isSingle && i < rows; i++)
            await SetAsync(Body);
        await SendAsync(calls, Math.Max(callers, StepsInFlight), cancellationToken);
        var seconds = lap.Seconds;
        await ClearAsync(cancellationToken);
        return seconds / rows;
    }

    public async Task<double> PassAsync(BarePass pass, CancellationToken cancellationToken)
    {
        var incarnation = Guid.CreateVersion7().ToString("N");
        await _store.RegisterAsync(Registrations.Of(incarnation, Limits.Slots, [Queue]), cancellationToken);
        var jobs = _jobs.Make(pass.Rows, Queue, job => JobMaker.Own(job, pass.Reservations));
        List<Call> calls = [.. jobs.Chunk(pass.PerStep).Select(Enqueue), .. Exchanges(incarnation, jobs, pass.PerExchange)];
        GC.Collect();
        var lap = Lap.Start();
        await SendAsync(calls, StepsInFlight, cancellationToken);
        var seconds = lap.Seconds;
        await ClearAsync(cancellationToken);
        return seconds / pass.Rows;
    }

    public async Task<double> PickUpAsync()
    {
        var lap = Lap.Start();
        await SetAsync(Body);
        await SetAsync(Body);
        return lap.Seconds;
    }

    public async Task<double> BytesPerRowAsync(int rows, int body, CancellationToken cancellationToken)
    {
        await ClearAsync(cancellationToken);
        var value = new byte[body];
        var before = await _servers.UsedAsync(cancellationToken);
        foreach (var step in Enumerable.Range(0, rows).Chunk(Limits.JobsPerStep))
            await Task.WhenAll(step.Select(_ => SetAsync(value)));
        var used = await _servers.UsedAsync(cancellationToken) - before;
        await ClearAsync(cancellationToken);
        return (double)used / rows;
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    private Call Enqueue(NewJob[] jobs) => new(Script.Enqueue, Arguments(new StepArguments().AddAll(jobs, RedisJobStore.AddJob)));

    /// <summary>Exchanges that claim the jobs in the order in which they were enqueued and settle each in the next one. Under a given time the fences are known before.</summary>
    private IEnumerable<Call> Exchanges(string incarnation, NewJob[] jobs, int claims)
    {
        var number = 0;
        Settlement[] settlements = [];
        foreach (var claimed in jobs.Chunk(claims).Append([]))
        {
            yield return Exchange(incarnation, ++number, settlements, claimed.Length);
            var fence = StoreTime.ToMicroseconds(_now);
            settlements = [.. claimed.Select((job, place) => new Settlement { Key = new AttemptKey(job.Id, 1, fence + place), Outcome = SettleOutcome.Completed })];
        }
    }

    private Call Exchange(string incarnation, int number, Settlement[] settlements, int claims) =>
        new(Script.Exchange, Arguments(new StepArguments().Add(incarnation).Add(number).Add(claims).AddAll(settlements, RedisJobStore.AddSettlement)));

    private RedisValue[] Arguments(StepArguments arguments) => arguments.With(StepRunner.Schema, _now += StepTime, publishing: "");

    private async Task SendAsync(List<Call> calls, int inFlight, CancellationToken cancellationToken)
    {
        var answers = new Queue<Task>();
        foreach (var call in calls)
        {
            if (answers.Count == inFlight)
                await answers.Dequeue();
            answers.Enqueue(SendAsync(call, cancellationToken));
        }
        await Task.WhenAll(answers);
    }

    private async Task SendAsync(Call call, CancellationToken cancellationToken)
    {
        var answer = (RedisResult[])(await _link.RunAsync(call.Script, call.Arguments, Lane.Work, cancellationToken))!;
        if (call.Script == Script.Exchange && ((string?)answer[0] != "ok" || (int)answer[RefusedAt] != 0))
            throw new InvalidOperationException("An exchange that was prepared was refused.");
    }

    private Task SetAsync(byte[] value) => _servers.SetAsync($"{_link.Base}:set:{_keys++}", value);

    private Task ClearAsync(CancellationToken cancellationToken) => _servers.RemoveAsync(_namespace, cancellationToken);

    private sealed record Call(Script Script, RedisValue[] Arguments);
}
