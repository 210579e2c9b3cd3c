using Dibs.Clients;
using Dibs.Redis;
using Dibs.Stores;
using Dibs.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Dibs.Tests.Redis.Servers;

/// <summary>A Redis store in a namespace of its own, applications with a worker each, and jobs that write down when they ran.</summary>
internal sealed class WorkScene : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _address;
    private readonly string _namespace;
    private readonly List<IHost> _workers = [];
    private readonly LogLines _log = new();

    public WorkScene(string address, string? @namespace = null)
    {
        _address = address;
        _namespace = @namespace ?? SharedRedis.NewNamespace();
        Store = new RedisJobStore(RedisAddress.Parse(address), _namespace);
        Jobs = new JobClient(new StoreGate(Store), catalog: null, TimeProvider.System);
    }

    /// <summary>The scene's own look into the store.</summary>
    public RedisJobStore Store { get; }

    public IJobClient Jobs { get; }

    public RunLedger Ledger { get; } = new();

    /// <summary>What the workers logged, with the level in front.</summary>
    public IReadOnlyList<string> Log => _log.Lines;

    private string Alarms => string.Join('\n', Log.Where(line => !line.StartsWith("Information", StringComparison.Ordinal)));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Starts an application with a worker of 4 slots.</summary>
    public async Task<IHost> WorkAsync(string name = "worker", Action<WorkerOptions>? configure = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Logging.AddProvider(_log).SetMinimumLevel(LogLevel.Information);
        builder.Services.AddSingleton(Ledger);
        builder.Services.AddDibs(dibs => dibs.UseRedis(_address).AddMethodsFrom(typeof(LedgerJob).Assembly).Configure(options => options.Namespace = _namespace));
        builder.Services.AddDibsWorker(worker =>
        {
            worker.Name = name;
            worker.Slots = 4;
            worker.Grace = TimeSpan.FromSeconds(1);
            configure?.Invoke(worker);
        });
        var host = builder.Build();
        _workers.Add(host);
        await host.StartAsync(Token);
        return host;
    }

    /// <summary>A job that runs so long while it holds a resource of its own, or the named one.</summary>
    public static JobRequest Request(string id, TimeSpan length, string? resource = null) => JobRequest.Method(
        "Dibs.Tests.Redis.Servers.LedgerJob.RunAsync",
        [resource ?? id, (int)length.TotalMilliseconds],
        options: new JobOptions { Id = id, Exclusive = [resource ?? id] });

    /// <summary>Enqueues, as often as it takes while the store is away: the same id is the same job.</summary>
    public Task EnqueueAsync(string id, TimeSpan length, string? resource = null) =>
        StoreQuestions.WhenThereAsync(async () => await Jobs.EnqueueManyAsync([Request(id, length, resource)], Token), Patience);

    /// <summary>The job, or null if the store does not know it; asked again while the store is away.</summary>
    public async Task<JobRecord?> FindAsync(string id) =>
        (await StoreQuestions.WhenThereAsync(() => Store.GetAsync([id], JobParts.Details, Token), Patience)).SingleOrDefault()?.Record;

    public async Task<JobRecord> UntilFinalAsync(string id, TimeSpan within) => (await Deadline.UntilAsync(
        () => FindAsync(id), job => job?.State.IsFinal() == true, within, $"job '{id}' is final; the log:\n{Alarms}\n"))!;

    public Task UntilBegunAsync(string id, TimeSpan within) =>
        Deadline.UntilAsync(() => Ledger.Runs.Any(run => run.JobId == id), within, $"the code of '{id}' begins; the log:\n{Alarms}\n");

    public Task UntilLoggedAsync(string text, TimeSpan within) =>
        Deadline.UntilAsync(() => Log.Any(line => line.Contains(text, StringComparison.Ordinal)), within, $"it is logged '{text}'; the log:\n{Alarms}\n");

    /// <summary>Derived data agrees with the truth.</summary>
    public async Task AssertCleanAsync() => Assert.Empty(await Store.DriftsAsync());

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers)
        {
            await worker.StopAsync(CancellationToken.None);
            await ((IAsyncDisposable)worker).DisposeAsync();
        }
        await Store.DisposeAsync();
    }
}
