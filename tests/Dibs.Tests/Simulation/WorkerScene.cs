using System.Globalization;
using Dibs.Clients;
using Dibs.Execution;
using Dibs.Stores;
using Dibs.Stores.Memory;
using Dibs.Workers;

namespace Dibs.Tests.Simulation;

/// <summary>A memory store and workers in a simulated world, with jobs whose method name is their script.</summary>
internal sealed class WorkerScene(SimulatedWorld world) : IJobExecutor
{
    private int _jobs;
    private int _workers;

    public SimulatedWorld World => world;
    public IJobStore Store { get; init; } = new MemoryJobStore("default", world.Time);

    /// <summary>The clock on the wall of the workers.</summary>
    public TimeProvider Clock { get; init; } = world.Time;

    /// <summary>Attempts whose code runs now, by job.</summary>
    public List<string> Running { get; } = [];

    /// <summary>What ran, in the order in which it started.</summary>
    public List<string> Started { get; } = [];

    public int MostAtOnce { get; private set; }

    /// <summary>Runs the attempts; the scripts of the scene if it is not set.</summary>
    public IJobExecutor? Executor { get; init; }

    /// <summary>Starts a worker on the store of the scene, or on one in front of it.</summary>
    public SceneWorker Work(Action<WorkerOptions>? configure = null, IJobStore? store = null, StoreWitness? witness = null, IReadOnlyList<IWorkerObserver>? observers = null)
    {
        var options = new WorkerOptions { Slots = 4, Queues = ["default"] };
        configure?.Invoke(options);
        var name = $"w{++_workers}";
        var worker = new Worker(store ?? Store, witness ?? new StoreWitness(world.Logger), Executor ?? this, options, new WorkerRegistration
        {
            Incarnation = $"{name}-i",
            Name = name,
            Host = "host",
            Pid = _workers,
            Version = "1",
            Queues = [.. options.Queues],
            Slots = options.Slots,
            Lease = options.Lease,
        }, Retention.Default, world.SurroundingsWith(Clock), world.Logger, observers);
        return new SceneWorker(world, worker);
    }

    /// <summary>Enqueues a job: its method is <c>work SECONDS</c>, <c>stubborn SECONDS</c> (ignores its token), <c>created SECONDS</c> (reports no phase), <c>quiet SECONDS</c> (reports nothing) or <c>throw</c>.</summary>
    public async Task<string> EnqueueAsync(string script, Reservation[]? reservations = null, string queue = "default", double? delay = null, string[]? after = null,
        OnWorkerLost onWorkerLost = OnWorkerLost.Fail)
    {
        var id = $"j{++_jobs}";
        await Store.EnqueueAsync([new NewJob
        {
            Id = id, Digest = new byte[] { 1 }, Method = script, Content = "{}"u8.ToArray(), Queue = queue, Reservations = reservations ?? [],
            Delay = delay is { } seconds ? TimeSpan.FromSeconds(seconds) : null, After = after ?? [],
            OnWorkerLost = onWorkerLost,
        }], TestContext.Current.CancellationToken);
        return id;
    }

    public async Task<JobRecord> GetAsync(string id) => (await Store.GetAsync([id], JobParts.Details, TestContext.Current.CancellationToken)).Single().Record;

    /// <summary>Waits in simulated time until the job is in this state.</summary>
    public async Task<JobRecord> UntilAsync(string id, Func<JobRecord, bool> condition)
    {
        while (true)
        {
            var record = await GetAsync(id);
            if (condition(record))
                return record;
            await world.Delay(0.01);
        }
    }

    public Task<JobRecord> UntilAsync(string id, JobState state) => UntilAsync(id, record => record.State == state);

    /// <summary>Ends what the only worker runs, as a rescuer does that saw its beat stand still.</summary>
    public async Task RescueAsync()
    {
        var known = (await Store.SurveyAsync(SurveyParts.Workers, TestContext.Current.CancellationToken)).Workers.Single();
        var observed = new ObservedBeat(known.Registration.Incarnation, known.Beat, known.Registration.Lease);
        Assert.False((await Store.RescueAsync(observed, TestContext.Current.CancellationToken)).Refused);
    }

    public string Describe(Claim claim) => claim.Method!;

    public async Task<Settlement> ExecuteAsync(Claim claim, JobContext context)
    {
        Running.Add(claim.Key.JobId);
        Started.Add(claim.Key.JobId);
        MostAtOnce = Math.Max(MostAtOnce, Running.Count);
        try
        {
            var words = claim.Method!.Split(' ');
            var seconds = words.Length > 1 ? double.Parse(words[1], CultureInfo.InvariantCulture) : 0;
            if (words[0] == "throw")
                throw new InvalidOperationException("It was told to throw.");
            if (words[0] is not ("created" or "quiet"))
                context.Progress("Working", total: 1).Increment();
            if (words[0] != "quiet")
                context.Created($"made by {claim.Key.JobId}");
            await Task.Delay(TimeSpan.FromSeconds(seconds), world.Time, words[0] == "stubborn" ? CancellationToken.None : context.CancellationToken);
            return Outcomes.Completed(claim.Key, "1"u8.ToArray());
        }
        catch (OperationCanceledException)
        {
            return Outcomes.Stopped(claim.Key);
        }
        catch (InvalidOperationException exception)
        {
            return Outcomes.Threw(claim.Key, exception);
        }
        finally
        {
            Running.Remove(claim.Key.JobId);
        }
    }
}

/// <summary>A worker in a scene.</summary>
internal sealed class SceneWorker
{
    private readonly CancellationTokenSource _drain = new();
    private readonly CancellationTokenSource _abort = new();

    public SceneWorker(SimulatedWorld world, Worker worker)
    {
        Worker = worker;
        Run = RunAsync();

        async Task RunAsync()
        {
            await worker.RegisterAsync(CancellationToken.None);
            await worker.RunAsync(_drain.Token, _abort.Token);
            world.Note("worker ended");
        }
    }

    public Worker Worker { get; }
    public Task Run { get; }

    public void Drain() => _drain.Cancel();

    public void Abort() => _abort.Cancel();

    public async Task StopAsync()
    {
        Drain();
        await Run;
    }
}
