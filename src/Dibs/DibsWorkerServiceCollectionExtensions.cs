using Dibs;
using Dibs.JobHosts;
using Dibs.Workers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds a worker to an application.</summary>
public static class DibsWorkerServiceCollectionExtensions
{
    /// <summary>
    /// Runs jobs in this process, beside the rest of the application, on the store of <c>AddDibs</c>. The settings are the
    /// configuration section <c>Dibs:Worker</c>, then <paramref name="configure"/>. Calling it again changes the one worker.
    /// </summary>
    /// <remarks>The application does not start when a setting is wrong (<see cref="OptionsValidationException"/>) or the store cannot be reached (<see cref="StoreException"/>).</remarks>
    public static IServiceCollection AddDibsWorker(this IServiceCollection services, Action<WorkerOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        if (configure is not null)
            services.AddOptions<WorkerOptions>().PostConfigure(configure);
        if (services.Any(service => service.ServiceType == typeof(WorkerService)))
            return services;
        services.AddOptions<WorkerOptions>()
            .Configure<IServiceProvider>((options, provider) => provider.GetService<IConfiguration>()?.GetSection(WorkerOptions.Section).Bind(options))
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<WorkerOptions>, WorkerOptionsChecker>();
        services.TryAddSingleton(Surroundings.Real);
        services.TryAddSingleton(JobExecution.Create);
        services.AddSingleton<WorkerService>();
        services.AddHostedService(provider => provider.GetRequiredService<WorkerService>());
        return services;
    }
}
