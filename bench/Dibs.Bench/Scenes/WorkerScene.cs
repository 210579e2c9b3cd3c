using System.Diagnostics;
using System.Reflection;
using Dibs.Bench.Media;
using Dibs.Processes;
using Dibs.Stores;

namespace Dibs.Bench.Scenes;

/// <summary>A whole worker: how fast it runs jobs that do nothing, how often it asks the store, what it costs while there is nothing to do.</summary>
internal sealed class WorkerScene : IScene
{
    private const int Slots = 64;

    public async Task RunAsync(Session session, CancellationToken cancellationToken)
    {
        await MeasureBurstAsync(session, cancellationToken);
        await MeasureIdleAsync(session, cancellationToken);
    }

    private static async Task MeasureBurstAsync(Session session, CancellationToken cancellationToken)
    {
        var jobs = session.Sizes.Enqueued;
        var rate = new Series("drain.worker", Units.JobsPerSecond);
        var calls = new Series("roundtrips.perJob", Units.Count);
        await session.RepeatAsync("drain.worker", MeasureOnceAsync, run =>
        {
            rate.Add(jobs / run.Seconds);
            calls.Add((double)run.Calls / jobs);
        });
        session.Add(rate, calls);

        async Task<(double Seconds, long Calls)> MeasureOnceAsync()
        {
            await using var world = await World.OpenAsync(session.Target, cancellationToken);
            await world.EnqueueAsync(world.Jobs.Make(jobs, World.FreeQueue), cancellationToken);
            var counted = CallCounter.Of(world.Store);
            var before = await session.Target.Medium.LoadAsync(cancellationToken);
            var lap = Lap.Start();
            await LocalWorker.BurstAsync((IJobStore)(object)counted, Slots, World.FreeQueue);
            var seconds = lap.Seconds;
            // A server counts what really reached it.
            return (seconds, ServerLoad.Between(before, await session.Target.Medium.LoadAsync(cancellationToken))?.Steps ?? counted.Calls);
        }
    }

    private static async Task MeasureIdleAsync(Session session, CancellationToken cancellationToken)
    {
        if (session.Target.WorkerProcess is null)
        {
            await using var world = await World.OpenAsync(session.Target, cancellationToken);
            await using var worker = LocalWorker.Start(world.Store, Slots, World.FreeQueue);
            using var self = Process.GetCurrentProcess();
            await WatchAsync(session, self, cancellationToken);
        }
        else
        {
            await using var worker = await StartAloneAsync(session.Target, session.Target.WorkerProcess, cancellationToken);
            await WatchAsync(session, worker.Process, cancellationToken);
            var memory = new Series("worker.rss", Units.Bytes);
            memory.Add(worker.Process.WorkingSet64);
            session.Add(memory);
            AddHosts(session, worker.Process.Id);
        }
    }

    /// <summary>Its children are its job hosts, where it has any.</summary>
    private static void AddHosts(Session session, int worker)
    {
        if (!OperatingSystem.IsLinux())
            return;
        var memory = new Series("host.rss", Units.Bytes);
        foreach (var host in ProcessTable.Read().Children(worker))
            memory.Add(host.Memory);
        session.Add(memory);
    }

    /// <summary>A worker and no open store beside it, whose own commands would be counted too.</summary>
    private static async Task<RemoteWorker> StartAloneAsync(BenchTarget target, Func<ProcessStartInfo> start, CancellationToken cancellationToken)
    {
        await using var store = target.Medium.CreateStore(TimeProvider.System);
        await store.OpenAsync(cancellationToken);
        return await RemoteWorker.StartAsync(start(), store, cancellationToken);
    }

    private static async Task WatchAsync(Session session, Process process, CancellationToken cancellationToken)
    {
        var (medium, idle) = (session.Target.Medium, new Series("idle.cpu", Units.Cores));
        session.Say("idle.cpu: settling");
        await Task.Delay(session.Sizes.Idle, TimeProvider.System, cancellationToken);
        session.Say("idle.cpu: watching");
        process.Refresh();
        var before = await medium.LoadAsync(cancellationToken);
        var (used, lap) = (process.TotalProcessorTime, Lap.Start());
        await Task.Delay(session.Sizes.Idle, TimeProvider.System, cancellationToken);
        process.Refresh();
        var seconds = lap.Seconds;
        idle.Add((process.TotalProcessorTime - used).TotalSeconds / seconds);
        session.Add(idle);
        if (ServerLoad.Between(before, await medium.LoadAsync(cancellationToken)) is { } load)
        {
            var commands = new Series("idle.commands", Units.PerSecond);
            commands.Add(load.Commands / seconds);
            session.Add(commands);
        }
    }
}

/// <summary>Counts the calls of a store.</summary>
internal class CallCounter : DispatchProxy
{
    private IJobStore _store = null!;
    private long _calls;

    public long Calls => Interlocked.Read(ref _calls);

    public static CallCounter Of(IJobStore store)
    {
        var counter = (CallCounter)(object)Create<IJobStore, CallCounter>();
        counter._store = store;
        return counter;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (targetMethod!.Name != nameof(IJobStore.Listen))
            Interlocked.Increment(ref _calls);
        return targetMethod.Invoke(_store, BindingFlags.DoNotWrapExceptions, null, args, null);
    }
}
