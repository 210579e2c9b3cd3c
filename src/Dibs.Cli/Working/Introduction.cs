using Microsoft.Extensions.Hosting;

namespace Dibs.Cli.Working;

/// <summary>Says who the worker is, when all services are ready and before it starts.</summary>
internal sealed class Introduction(Action introduce) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        introduce();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
