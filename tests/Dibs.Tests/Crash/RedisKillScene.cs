using System.Diagnostics;
using Dibs.Stores;
using Dibs.Tests.Cli;
using Dibs.Tests.Redis.Servers;
using Dibs.Tests.Support;

namespace Dibs.Tests.Crash;

/// <summary>A Redis server, two groups of worker processes on it as if on two machines, and a book for each resource.</summary>
internal sealed class RedisKillScene : IAsyncDisposable
{
    private const int Slots = 4;
    private const int KillsPerPowerCut = 4;

    /// <summary>Without any job that ends; a lease and the start of a process are a part of it.</summary>
    private static readonly TimeSpan LongestStandstill = TimeSpan.FromSeconds(60);

    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly TemporaryFolder _folder = TemporaryFolder.InMemory();
    private readonly CliProcess[] _machines = [new(), new()];
    private readonly List<(CrashWorker Worker, int Machine)> _alive = [];
    private readonly List<CrashWorker> _dead = [];
    private readonly Guestbooks _books;
    private readonly RedisServer _server;
    private readonly WorkScene _look;
    private int _started;
    private int _kills;

    private RedisKillScene(RedisServer server)
    {
        _server = server;
        _books = new Guestbooks(_folder);
        _look = new WorkScene(server.Address, "default");
        foreach (var machine in _machines)
            machine.Variables["DIBS_STORE"] = server.Address;
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<RedisKillScene> OpenAsync(int workersPerMachine)
    {
        var scene = new RedisKillScene(await RedisServer.StartAsync());
        await scene._look.Store.OpenAsync(Token);
        for (var n = 0; n < workersPerMachine * scene._machines.Length; n++)
            scene.Work(n % scene._machines.Length);
        return scene;
    }

    public async Task EnqueueAsync(IReadOnlyCollection<Guest> guests)
    {
        _books.Open(guests);
        foreach (var requests in guests.Select(_books.Request).Chunk(Limits.JobsPerCall))
            await _look.Jobs.EnqueueManyAsync(requests, Token);
    }

    /// <summary>Waits until so many jobs have ended.</summary>
    public async Task UntilEndedAsync(int count)
    {
        for (var ended = -1L; ended < count;)
        {
            var before = ended;
            ended = await Deadline.UntilAsync(
                () => _look.Store.CountAsync(state => state.IsFinal()), now => now > before || now >= count, LongestStandstill, $"of {count} jobs another one ends, none is stuck; the workers say:\n{Log}\n");
        }
    }

    /// <summary>Kills a worker that runs something, every fourth time all of its machine, and starts as many again.</summary>
    public async Task KillAsync(Random random)
    {
        var busy = await Deadline.UntilAsync(FindBusyAsync, workers => workers.Length > 0, LongestStandstill, $"a worker runs something; they say:\n{Log}\n");
        var victim = busy[random.Next(busy.Length)];
        var victims = ++_kills % KillsPerPowerCut == 0 ? _alive.Where(other => other.Machine == victim.Machine).ToArray() : [victim];
        await Task.WhenAll(victims.Select(other => other.Worker.KillAsync()));
        foreach (var dead in victims)
        {
            _alive.Remove(dead);
            _dead.Add(dead.Worker);
            Work(dead.Machine);
        }
    }

    /// <summary>Lets those who are left end well.</summary>
    public async Task StopAsync() => Assert.All(await Task.WhenAll(_alive.Select(one => one.Worker.StopAsync())), exit => Assert.Equal(0, exit));

    /// <summary>Compares the books with what the store says.</summary>
    public async Task<GuestbookReading> ReadAsync(IReadOnlyCollection<Guest> guests)
    {
        Assert.Equal(guests.Count, await _look.Store.CountAsync(_ => true));
        var records = new List<JobRecord>();
        foreach (var ids in guests.Select(guest => guest.Id).Chunk(Limits.JobsPerStep))
            records.AddRange((await _look.Store.GetAsync(ids, JobParts.Details, Token)).Select(job => job.Record));
        return _books.Read(guests, records, GuestbookReading.LostWith(_dead.Select(worker => worker.Name).ToHashSet(StringComparer.Ordinal)));
    }

    public async Task AssertCleanAsync()
    {
        var verify = await _machines[0].RunAsync("verify");
        Assert.True(verify.Exit == 0, verify.Out + verify.Error);
    }

    public override string ToString() => $"{_clock.Elapsed.TotalSeconds:F1} s, {_kills} kills of {_dead.Count} workers";

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _dead.Concat(_alive.Select(one => one.Worker)))
            await worker.DisposeAsync();
        await _look.DisposeAsync();
        await _server.DisposeAsync();
        foreach (var machine in _machines)
            machine.Dispose();
        _folder.Dispose();
    }

    private string Log => string.Join('\n', _alive.Select(one => $"{one.Worker.Name}: {one.Worker.Log}"));

    private void Work(int machine)
    {
        var name = $"machine-{machine + 1}-{++_started}";
        var process = _machines[machine].Start(
            "worker", "--name", name, "--slots", $"{Slots}", "--lease", $"{CrashScene.Lease.TotalSeconds}s", "--allow-commands", "--app", CliProcess.App("Witness"));
        _alive.Add((new CrashWorker(name, process, _folder.Path, name), machine));
    }

    private async Task<(CrashWorker Worker, int Machine)[]> FindBusyAsync()
    {
        var busy = (await _look.Store.SurveyAsync(SurveyParts.Workers, Token)).Workers.Where(worker => worker.Jobs.Count > 0).Select(worker => worker.Registration.Pid).ToHashSet();
        return [.. _alive.Where(one => busy.Contains(one.Worker.Id))];
    }
}
