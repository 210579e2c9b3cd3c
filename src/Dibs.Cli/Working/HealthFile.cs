using System.Text.Json;
using System.Threading.Channels;
using Dibs.Cli.Output;
using Dibs.Telemetry;
using Dibs.Workers;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Dibs.Cli.Working;

/// <summary>
/// A file by which a probe knows that the worker lives. The time of its last change is always that of the last answered heartbeat, so
/// its age says all; it is replaced in one piece, and gone when the worker has ended.
/// </summary>
/// <param name="path">The file, absolute.</param>
/// <param name="logger">Hears once that the file cannot be written.</param>
internal sealed class HealthFile(string path, ILogger<HealthFile> logger) : IWorkerObserver, IHostedService
{
    // A disk that hangs holds up this queue and no heartbeat; what is new replaces what was not written.
    private readonly Channel<WorkerStatus> _statuses = Channel.CreateBounded<WorkerStatus>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
    private Task _writing = Task.CompletedTask;
    private bool _isFailing;

    /// <summary>Takes away what a worker before left, so that a probe does not take it for this one.</summary>
    /// <returns>The file, absolute.</returns>
    /// <exception cref="DibsConfigurationException">The file could not be written.</exception>
    public static string Clear(string path)
    {
        path = Path.GetFullPath(path);
        try
        {
            File.Delete(path);
            var next = NextOf(path);
            File.WriteAllText(next, "");
            File.Delete(next);
            return path;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new DibsConfigurationException(
                "health-file", $"the health file {path} cannot be written: {failure.Message.TrimEnd('.')}; give --health-file a file in a directory that is there and writable", failure);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _writing = WriteAllAsync();
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _statuses.Writer.TryComplete();
        await _writing;
    }

    public void Ready(WorkerStatus status) => _statuses.Writer.TryWrite(status);

    public void Beat(WorkerStatus status) => _statuses.Writer.TryWrite(status);

    public void Drain(WorkerStatus status, TimeSpan atMost) => _statuses.Writer.TryWrite(status);

    private async Task WriteAllAsync()
    {
        await foreach (var status in _statuses.Reader.ReadAllAsync())
            Try(() => Write(status));
        Try(() =>
        {
            File.Delete(path);
            File.Delete(NextOf(path));
        });
    }

    private void Try(Action change)
    {
        try
        {
            change();
            _isFailing = false;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            if (!_isFailing)
                logger.HealthFileFailed(path, failure.Message);
            _isFailing = true;
        }
    }

    private void Write(WorkerStatus status)
    {
        var next = NextOf(path);
        var phase = status.Phase switch { WorkerPhase.Draining => "draining", WorkerPhase.StoreLost => "store-lost", WorkerPhase.Ready => "ready" };
        File.WriteAllBytes(next, JsonSerializer.SerializeToUtf8Bytes(new HealthDocument(status.Name, Environment.ProcessId, phase, status.LastBeat), CliJson.Shared.HealthDocument));
        File.SetLastWriteTimeUtc(next, status.LastBeat.UtcDateTime);
        File.Move(next, path, overwrite: true);
    }

    private static string NextOf(string path) => $"{path}.next";
}
