using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Dibs.Cli.Output;
using Dibs.Telemetry;
using Dibs.Workers;
using Microsoft.Extensions.Logging;

namespace Dibs.Cli.Working;

/// <summary>
/// Tells the service manager how the worker lives: that it is ready, that its heartbeat duty turns, that it stops. One datagram each, as
/// sd_notify(3) has it.
/// </summary>
/// <param name="service">Where to, and whether there is a watchdog to feed.</param>
/// <param name="logger">Hears once that nobody can be told.</param>
internal sealed class ServiceNotifier(NotifySocket service, ILogger<ServiceNotifier> logger) : IWorkerObserver
{
    // A heartbeat must not wait for a service manager that is slow to read.
    private const int SendMilliseconds = 100;

    private string? _told;
    private bool _isFailing;

    public void Ready(WorkerStatus status) => Send("READY=1", NewText(status));

    public void Beat(WorkerStatus status) => Send(service.Watchdog is null ? null : "WATCHDOG=1", NewText(status));

    // The grace is the worker's to keep: without the last of these the unit's TimeoutStopSec would cut a longer one short.
    public void Drain(WorkerStatus status, TimeSpan atMost) =>
        Send("STOPPING=1", NewText(status), string.Create(CultureInfo.InvariantCulture, $"EXTEND_TIMEOUT_USEC={(long)atMost.TotalMicroseconds}"));

    /// <summary>The line that <c>systemctl status</c> shows; null if it says what it said before.</summary>
    private string? NewText(WorkerStatus status)
    {
        var text = Text(status);
        if (text == _told)
            return null;
        _told = text;
        return $"STATUS={Printable.Line(text)}";
    }

    private static string Text(WorkerStatus status)
    {
        var phase = status.Phase switch { WorkerPhase.Draining => "draining: ", WorkerPhase.StoreLost => "waiting for its store: ", WorkerPhase.Ready => "" };
        return $"{phase}{status.Busy} of {status.Slots} slots busy, queue{(status.Queues.Count == 1 ? "" : "s")} {string.Join(", ", status.Queues)}";
    }

    private void Send(params ReadOnlySpan<string?> lines)
    {
        var text = string.Join('\n', lines.ToArray().OfType<string>());
        if (text.Length == 0)
            return;
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { SendTimeout = SendMilliseconds };
            socket.Connect(service.EndPoint);
            socket.Send(Encoding.UTF8.GetBytes(text));
            _isFailing = false;
        }
        catch (SocketException failure)
        {
            if (!_isFailing)
                logger.NotifyFailed(service.Name, failure.Message);
            _isFailing = true;
        }
    }
}
