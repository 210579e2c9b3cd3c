using Dibs.JobHosts;
using Dibs.Jobs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Dibs.Clients;

/// <summary>
/// Makes the catalog and opens the store before anything else of the application starts, so that a mistake in either is seen at once. In a
/// process that was started as a job host it takes over instead: all services are there, none has started, and none will.
/// </summary>
internal sealed class DibsStart(IServiceProvider services) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        if (HostPipes.Inherited is { } pipes)
            await JobHostProgram.TakeOverAsync(services, pipes).ConfigureAwait(false);
        services.GetRequiredService<MethodCatalog>();
        await services.GetRequiredService<StoreGate>().OpenAsync(cancellationToken);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
