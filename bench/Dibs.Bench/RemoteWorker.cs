using System.Diagnostics;
using Dibs.Processes;
using Dibs.Stores;

namespace Dibs.Bench;

/// <summary>A worker in a process of its own, started as a person would start it.</summary>
internal sealed class RemoteWorker : IAsyncDisposable
{
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    private RemoteWorker(Process process) => Process = process;

    public Process Process { get; }

    /// <summary>Starts it, and waits until the store knows it.</summary>
    public static async Task<RemoteWorker> StartAsync(ProcessStartInfo start, IJobStore store, CancellationToken cancellationToken)
    {
        var worker = new RemoteWorker(Process.Start(start) ?? throw new InvalidOperationException($"'{start.FileName}' did not start."));
        var lap = Lap.Start();
        while ((await store.SurveyAsync(SurveyParts.Workers, cancellationToken)).Workers.Count == 0)
        {
            if (worker.Process.HasExited || lap.Seconds > StartTime.TotalSeconds)
            {
                await worker.DisposeAsync();
                throw new InvalidOperationException($"A worker process did not begin to work within {StartTime.TotalSeconds:0} s.");
            }
            await Task.Delay(Look, TimeProvider.System, cancellationToken);
        }
        return worker;
    }

    public async ValueTask DisposeAsync()
    {
        new RunningProgram(Process).Terminate();
        await Process.WaitForExitAsync();
        Process.Dispose();
    }
}
