using Dibs.Cli.Apps;
using Dibs.Cli.Frame;
using Dibs.JobHosts;
using Dibs.Workers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Dibs.Cli.Working;

/// <summary>The host in which the worker of the command line runs, with the services of the applications.</summary>
internal static class WorkerHost
{
    /// <param name="run">The call of the verb.</param>
    /// <param name="files">The applications, for their settings.</param>
    /// <param name="apps">The applications, loaded; null where none of their code is to run, since that is done in job hosts.</param>
    /// <param name="service">The service manager that watches over this process, if one does.</param>
    /// <param name="healthFile">Where to say that the worker lives, if somebody looks there.</param>
    /// <param name="configure">The settings of the worker.</param>
    /// <param name="introduce">Called when the worker is ready for jobs, before it asks for one.</param>
    public static IHost Build(Invocation run, AppFiles files, AppSet? apps, NotifySocket? service, string? healthFile, Action<WorkerOptions> configure, Action<WorkerOptions> introduce)
    {
        var builder = AppHost.CreateBuilder(files);
        AddLog(run, builder);
        if (apps is not null)
            AppHost.CallStartups(apps, builder);
        // After the applications: where jobs are kept is for the command line to say.
        builder.Services.AddDibs(dibs =>
        {
            dibs.UseStore((_, name) => run.CreateStore(name));
            if (apps is null or { IsEmpty: true })
                dibs.WithoutMethods();
            else
                dibs.AddMethodsFrom([.. apps.MethodAssemblies]);
        });
        builder.Services.PostConfigure<DibsOptions>(options => options.Namespace = run.Namespace);
        AddObservers(builder.Services, service, healthFile);
        // Services start in this order, when all have got ready.
        builder.Services.AddHostedService(services => new Introduction(() => introduce(services.GetRequiredService<IOptions<WorkerOptions>>().Value)));
        builder.Services.AddDibsWorker(configure);
        // The grace of the worker is the only limit of a drain; the second signal cuts it short.
        builder.Services.PostConfigure<HostOptions>(options => options.ShutdownTimeout = Timeout.InfiniteTimeSpan);
        builder.Services.AddSingleton<IHostLifetime, SilentLifetime>();
        builder.Services.AddSingleton<SoleProgram>();
        return builder.Build();
    }

    /// <summary>This process runs the jobs of a worker that started it; what it writes becomes their log.</summary>
    public static bool IsJobHost => HostPipes.Inherited is not null;

    /// <summary>Runs until the worker has drained or reached its limits. The first signal drains, the second cuts.</summary>
    /// <returns>Whether attempts were cut.</returns>
    public static async Task<bool> RunAsync(IHost host, Interrupts interrupts)
    {
        interrupts.HandlesSecond = true;
        var worker = host.Services.GetRequiredService<WorkerService>();
        try
        {
            await host.StartAsync(interrupts.Stopping);
        }
        catch (OperationCanceledException) when (worker.HasBegun)
        {
            // It may have claimed by now, and drains as at any other time.
        }
        await using (interrupts.Insisted.UnsafeRegister(_ => worker.Abort(), null))
            await host.WaitForShutdownAsync(interrupts.Stopping);
        return worker.Failure is { } failure ? throw failure : worker.HasCut;
    }

    /// <summary>Runs jobs for the worker that started this process, until it asks to leave: it ends the process.</summary>
    public static Task RunJobHostAsync(IHost host, Interrupts interrupts)
    {
        // Signals are for the worker, which may send its hosts none.
        interrupts.HandlesSecond = true;
        return host.StartAsync(CancellationToken.None);
    }

    /// <summary>Before the worker, so that they end after it.</summary>
    private static void AddObservers(IServiceCollection services, NotifySocket? service, string? healthFile)
    {
        if (service is not null)
            services.AddSingleton<IWorkerObserver>(provider => new ServiceNotifier(service, provider.GetRequiredService<ILogger<ServiceNotifier>>()));
        if (healthFile is null)
            return;
        services.AddSingleton(provider => new HealthFile(healthFile, provider.GetRequiredService<ILogger<HealthFile>>()));
        services.AddSingleton<IWorkerObserver>(provider => provider.GetRequiredService<HealthFile>());
        services.AddHostedService(provider => provider.GetRequiredService<HealthFile>());
    }

    private static void AddLog(Invocation run, HostApplicationBuilder builder)
    {
        // systemd says so when it is the journal that reads: systemd.exec(5).
        var isJournal = run.Terminal.Variable("JOURNAL_STREAM") is not null;
        builder.Logging.ClearProviders();
        builder.Logging.AddProvider(new StderrLog(run.Terminal.Error, isJournal || IsJobHost ? null : run.Terminal.Time, run.Verbose));
        builder.Logging.SetMinimumLevel(run.Verbose ? LogLevel.Debug : LogLevel.Warning);
        builder.Logging.AddFilter("Dibs", run.Quiet ? LogLevel.Warning : run.Verbose ? LogLevel.Debug : LogLevel.Information);
        // What keeps it from starting the command line says itself.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting", run.Verbose ? LogLevel.Debug : LogLevel.None);
        builder.Logging.AddConfiguration(builder.Configuration.GetSection("Logging"));
    }
}
