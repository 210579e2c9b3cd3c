using Dibs.Execution;
using Dibs.Processes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Dibs.JobHosts;

/// <summary>
/// In a process that was started as a job host: takes over before any service of the application starts, when all of its
/// services are there and nothing else runs, and ends the process when the worker asks for it. Else it does nothing.
/// </summary>
internal sealed class JobHostStart(IServiceProvider services) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        if (HostPipes.Inherited is not { } pipes)
            return;
        using (var program = new JobHostProgram(pipes, services.GetRequiredService<IJobExecutor>(), services.GetRequiredService<Leftovers>(), services.GetRequiredService<TimeProvider>()))
            program.Run();
        // What the services have not written yet, such as spans on their way, is written when they are disposed.
        if (services is IAsyncDisposable disposable)
            await disposable.DisposeAsync();
        Environment.Exit(0);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
