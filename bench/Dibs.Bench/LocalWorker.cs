using Dibs.Clients;
using Dibs.Execution;
using Dibs.Jobs;
using Dibs.Stores;
using Dibs.Workers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dibs.Bench;

/// <summary>A whole worker in this process, as an application has one.</summary>
internal sealed class LocalWorker : IAsyncDisposable
{
    private readonly ServiceProvider _services = CreateServices();
    private readonly CancellationTokenSource _drain = new();
    private readonly Task _run;

    private LocalWorker(IJobStore store, WorkerOptions options)
    {
        var registration = Registrations.Of(Guid.CreateVersion7().ToString("N"), options.Slots, [.. options.Queues]);
        var worker = new Worker(store, new StoreWitness(NullLogger.Instance), CreateExecutor(_services), options, registration, Retention.Default, Surroundings.Real, NullLogger.Instance);
        _run = RunAsync(worker);
    }

    /// <summary>The methods that it runs.</summary>
    public static MethodCatalog Methods { get; } = new([typeof(Probe).Assembly]);

    public static ServiceProvider CreateServices() => new ServiceCollection().BuildServiceProvider();

    /// <summary>Runs them in this process.</summary>
    public static IJobExecutor CreateExecutor(ServiceProvider services) => new JobExecutor(
        new MethodExecutor(Methods, services.GetRequiredService<IServiceScopeFactory>()),
        new CommandExecutor(allowed: false, TimeProvider.System));

    public static LocalWorker Start(IJobStore store, int slots, params string[] queues) =>
        new(store, new WorkerOptions { Slots = slots, Queues = queues });

    /// <summary>Works until nothing is ready any more.</summary>
    public static async Task BurstAsync(IJobStore store, int slots, params string[] queues)
    {
        await using var worker = new LocalWorker(store, new WorkerOptions { Slots = slots, Queues = queues, Burst = true });
        await worker._run;
    }

    public async ValueTask DisposeAsync()
    {
        await _drain.CancelAsync();
        await _run;
        _drain.Dispose();
        await _services.DisposeAsync();
    }

    private async Task RunAsync(Worker worker)
    {
        await worker.RegisterAsync(CancellationToken.None);
        await worker.RunAsync(_drain.Token, CancellationToken.None);
    }
}
