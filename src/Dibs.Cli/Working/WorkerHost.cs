using Dibs.Cli.Apps;
using Dibs.Cli.Frame;
using Dibs.Workers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Dibs.Cli.Working;

/// <summary>The host in which the worker of the command line runs, with the services of the applications.</summary>
internal static class WorkerHost
{
    public static IHost Build(Invocation run, AppSet apps, Action<WorkerOptions> configure, NotifySocket? service, string? healthFile)
    {
        var builder = AppHost.CreateBuilder(apps);
        AddLog(run, builder);
        AppHost.CallStartups(apps, builder);
        // After the applications: where jobs are kept is for the command line to say.
        builder.Services.AddDibs(dibs =>
        {
            dibs.UseStore((_, name) => run.CreateStore(name));
            if (apps.IsEmpty)
                dibs.WithoutMethods();
            else
                dibs.AddMethodsFrom([.. apps.MethodAssemblies]);
        });
        builder.Services.PostConfigure<DibsOptions>(options => options.Namespace = run.Namespace);
        AddObservers(builder.Services, service, healthFile);
        builder.Services.AddDibsWorker(configure);
        // The grace of the worker is the only limit of a drain; the second signal cuts it short.
        builder.Services.PostConfigure<HostOptions>(options => options.ShutdownTimeout = Timeout.InfiniteTimeSpan);
        builder.Services.AddSingleton<IHostLifetime, SilentLifetime>();
        return builder.Build();
    }

    /// <summary>Runs until the worker has drained or reached its limits. The first signal drains, the second cuts.</summary>
    /// <returns>Whether attempts were cut.</returns>
    public static async Task<bool> RunAsync(IHost host, Interrupts interrupts)
    {
        interrupts.HandlesSecond = true;
        var worker = host.Services.GetRequiredService<WorkerService>();
        await host.StartAsync(interrupts.Stopping);
        await using (interrupts.Insisted.UnsafeRegister(_ => worker.Abort(), null))
            await host.WaitForShutdownAsync(interrupts.Stopping);
        return worker.Failure is { } failure ? throw failure : worker.HasCut;
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
        builder.Logging.AddProvider(new StderrLog(run.Terminal.Error, isJournal ? null : run.Terminal.Time, run.Verbose));
        builder.Logging.SetMinimumLevel(run.Verbose ? LogLevel.Debug : LogLevel.Warning);
        builder.Logging.AddFilter("Dibs", run.Quiet ? LogLevel.Warning : run.Verbose ? LogLevel.Debug : LogLevel.Information);
        builder.Logging.AddConfiguration(builder.Configuration.GetSection("Logging"));
    }
}
