using Microsoft.Extensions.Hosting;

namespace Dibs.Cli.Working;

/// <summary>Leaves signals and the console to the command line, which has rules of its own for them.</summary>
internal sealed class SilentLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
