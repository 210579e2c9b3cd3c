using Dibs.Execution;
using Dibs.Jobs;
using Dibs.Processes;
using Dibs.Workers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Dibs.JobHosts;

/// <summary>Chooses what runs the attempts of a process.</summary>
internal static class JobExecution
{
    public static IJobExecutor Create(IServiceProvider services)
    {
        var options = services.GetRequiredService<IOptions<WorkerOptions>>().Value;
        // A job host runs what it is given itself.
        return options.Isolation == Isolation.Process && HostPipes.Inherited is null ? InHosts(services, options) : InProcess(services, options);
    }

    private static JobExecutor InProcess(IServiceProvider services, WorkerOptions options) => new(
        new MethodExecutor(services.GetRequiredService<MethodCatalog>(), services.GetRequiredService<IServiceScopeFactory>()),
        new CommandExecutor(options.AllowCommands, services.GetRequiredService<Surroundings>().Time, services.GetService<Leftovers>()));

    private static HostedExecutor InHosts(IServiceProvider services, WorkerOptions options)
    {
        if (!OperatingSystem.IsLinux())
            throw new DibsConfigurationException("isolation", "isolation 'process' works on Linux only; use isolation 'none'");
        Libc.AdoptOrphans();
        var surroundings = services.GetRequiredService<Surroundings>();
        var logger = services.GetRequiredService<ILogger<HostPool>>();
        var orphans = new Orphans(services.GetService<SoleProgram>() is not null, surroundings.Time, logger);
        return new HostedExecutor(new HostPool(services.GetService<HostCommand>() ?? HostCommand.ThisProgram(), options, orphans, surroundings, logger));
    }
}

/// <summary>Says that nothing but Dibs starts programs in this process, when it is registered.</summary>
internal sealed class SoleProgram;
