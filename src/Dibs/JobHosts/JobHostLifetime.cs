using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;

namespace Dibs.JobHosts;

/// <summary>A job host ends with its worker, and not by signals: those that are meant for the worker may reach its hosts too.</summary>
internal sealed class JobHostLifetime : IHostLifetime, IDisposable
{
    private readonly PosixSignalRegistration[] _ignored =
        [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGQUIT, PosixSignal.SIGHUP }.Select(signal => PosixSignalRegistration.Create(signal, context => context.Cancel = true))];

    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        foreach (var registration in _ignored)
            registration.Dispose();
    }
}
