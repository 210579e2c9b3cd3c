using System.Reflection;
using Dibs.Clients;
using Dibs.Execution;
using Dibs.Stores;
using Dibs.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Dibs.Workers;

/// <summary>The worker as a part of an application: starts with it, drains when it stops, and ends it when the worker ends by itself.</summary>
internal sealed class WorkerService : IHostedLifecycleService, IDisposable
{
    private static readonly TimeSpan LeavingMargin = TimeSpan.FromSeconds(2);

    private readonly StoreGate _gate;
    private readonly Func<IJobStore, Worker> _createWorker;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly CancellationTokenSource _drain = new();
    private readonly CancellationTokenSource _abort = new();
    private Worker? _worker;
    private Task _run = Task.CompletedTask;

    public WorkerService(
        StoreGate gate, IJobExecutor executor, IOptions<WorkerOptions> options, IOptions<DibsOptions> dibs, IOptions<HostOptions> host,
        IHostApplicationLifetime lifetime, Surroundings surroundings, IEnumerable<IWorkerObserver> observers, ILogger<Worker> logger)
    {
        _gate = gate;
        _lifetime = lifetime;
        var effective = Effective(options.Value, host.Value.ShutdownTimeout, logger);
        var retention = new Retention(dibs.Value.Retention.Age, dibs.Value.Retention.Count);
        _createWorker = store => new Worker(store, gate.Witness, executor, effective, Register(effective), retention, surroundings, logger, [.. observers]);
    }

    /// <summary>Attempts were ended before their code was done.</summary>
    public bool HasCut => _worker?.HasCut == true;

    /// <summary>It works, or has worked.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>What ended the worker, if it failed.</summary>
    public Exception? Failure => _run.Exception?.InnerException;

    /// <summary>Cuts what runs, at once.</summary>
    public void Abort() => _abort.Cancel();

    /// <summary>Gets ready for jobs, while the rest of the application gets ready too.</summary>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        _worker = _createWorker(await _gate.OpenAsync(cancellationToken));
        await _worker.PrepareAsync(cancellationToken);
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _worker!.RegisterAsync(cancellationToken);
        _run = RunAsync(_worker);
        HasBegun = true;
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _drain.CancelAsync();
        await using (cancellationToken.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), _abort))
            await _run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose()
    {
        _drain.Dispose();
        _abort.Dispose();
    }

    private async Task RunAsync(Worker worker)
    {
        try
        {
            await worker.RunAsync(_drain.Token, _abort.Token);
        }
        finally
        {
            _lifetime.StopApplication();
        }
    }

    /// <summary>The options as they can be kept: a host that waits for less than the grace would cut jobs in the middle of it.</summary>
    private static WorkerOptions Effective(WorkerOptions options, TimeSpan shutdownTimeout, ILogger logger)
    {
        var most = shutdownTimeout - options.CancelGrace - LeavingMargin;
        var capped = most < TimeSpan.Zero ? TimeSpan.Zero : most;
        var mustCap = shutdownTimeout != Timeout.InfiniteTimeSpan && options.Grace > capped;
        var name = options.Name.Replace("%h", HostName, StringComparison.Ordinal).Replace("%p", $"{Environment.ProcessId}", StringComparison.Ordinal);
        if (mustCap && options.Grace != WorkerOptions.DefaultGrace)
            logger.GraceCapped(name, options.Grace, capped, shutdownTimeout, options.CancelGrace);
        return new WorkerOptions
        {
            Name = name,
            Queues = options.Queues.Count == 0 ? ["default"] : [.. options.Queues.Distinct(StringComparer.Ordinal)],
            Slots = options.Slots,
            Isolation = options.Isolation,
            MaxMemory = options.MaxMemory,
            MaxJobsPerHost = options.MaxJobsPerHost,
            Lease = options.Lease,
            Grace = mustCap ? capped : options.Grace,
            CancelGrace = options.CancelGrace,
            AllowCommands = options.AllowCommands,
            OnLeaseLost = options.OnLeaseLost,
            OnStoreLoss = options.OnStoreLoss,
            Burst = options.Burst,
            MaxJobs = options.MaxJobs,
            MaxIdle = options.MaxIdle,
        };
    }

    private static string HostName => System.Net.Dns.GetHostName();

    private static WorkerRegistration Register(WorkerOptions options) => new()
    {
        Incarnation = Guid.CreateVersion7().ToString("N"),
        Name = options.Name,
        Host = HostName,
        Pid = Environment.ProcessId,
        Version = typeof(Worker).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0",
        Queues = [.. options.Queues],
        Slots = options.Slots,
        Lease = options.Lease,
        Isolation = options.Isolation,
    };
}
