using System.Diagnostics.CodeAnalysis;
using Dibs;
using Dibs.Clients;
using Dibs.JobHosts;
using Dibs.Jobs;
using Dibs.Processes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds Dibs to an application.</summary>
public static class DibsServiceCollectionExtensions
{
    /// <summary>
    /// Registers <see cref="IJobClient"/> and the store that <paramref name="configure"/> chooses. The settings are the
    /// configuration section <c>Dibs</c> (<see cref="DibsOptions"/>). Calling it again adds to what was set up before.
    /// </summary>
    /// <remarks>
    /// The application does not start when no store was chosen (<see cref="DibsConfigurationException"/>), when the store cannot be
    /// opened, when two methods have the same name, or when a setting is wrong (<see cref="OptionsValidationException"/>).
    /// </remarks>
    [RequiresUnreferencedCode("Methods are found by reflection.")]
    public static IServiceCollection AddDibs(this IServiceCollection services, Action<DibsBuilder>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var setup = services.FirstOrDefault(service => service.ServiceType == typeof(DibsSetup))?.ImplementationInstance as DibsSetup;
        if (setup is null)
        {
            setup = new DibsSetup();
            services.AddSingleton(setup);
            AddOptions(services);
            AddParts(services);
        }
        configure?.Invoke(new DibsBuilder(services, setup));
        return services;
    }

    private static void AddParts(IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => provider.GetRequiredService<DibsSetup>().Store(provider));
        services.AddSingleton<StoreGate>();
        services.AddSingleton(provider => provider.GetRequiredService<DibsSetup>().Catalog());
        services.TryAddSingleton<IJobClient>(provider => new JobClient(
            provider.GetRequiredService<StoreGate>(),
            provider.GetRequiredService<DibsSetup>().NamesOnly ? null : provider.GetRequiredService<MethodCatalog>(),
            provider.GetRequiredService<TimeProvider>()));
        // Before all others, whoever registered them: in a job host none of them is to start.
        services.Insert(0, ServiceDescriptor.Singleton<IHostedService, DibsStart>());
        if (HostPipes.Inherited is null)
            return;
        services.AddSingleton<IHostLifetime, JobHostLifetime>();
        services.AddSingleton<Leftovers>();
    }

    // Bound by hand and not by BindConfiguration, which fails in a program that has no configuration at all.
    private static void AddOptions(IServiceCollection services)
    {
        services.AddOptions<DibsOptions>()
            .Configure<IServiceProvider>((options, provider) => provider.GetService<IConfiguration>()?.GetSection(DibsOptions.Section).Bind(options))
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<DibsOptions>, DibsOptionsChecker>();
    }
}
