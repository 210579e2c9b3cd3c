using System.Globalization;
using System.Net.Sockets;
using Dibs.Workers;

namespace Dibs.Cli.Working;

/// <summary>How a service manager wants to be told of the process: what the environment said of it.</summary>
/// <param name="Name">The socket as it was named.</param>
/// <param name="EndPoint">The socket.</param>
/// <param name="Watchdog">After so long without a word the service manager ends the process; null if it does not.</param>
internal sealed record NotifySocket(string Name, UnixDomainSocketEndPoint EndPoint, TimeSpan? Watchdog)
{
    private const string Socket = "NOTIFY_SOCKET";
    private const string WatchdogTime = "WATCHDOG_USEC";
    private const string WatchdogProcess = "WATCHDOG_PID";

    /// <summary>Takes it out of the environment, which jobs inherit: what they say is not for the service manager. Null without one.</summary>
    /// <exception cref="DibsConfigurationException">The socket is of a kind that is not known.</exception>
    public static NotifySocket? Take(Func<string, string?> variable)
    {
        var (name, time, process) = (variable(Socket), variable(WatchdogTime), variable(WatchdogProcess));
        foreach (var taken in (string[])[Socket, WatchdogTime, WatchdogProcess])
            Environment.SetEnvironmentVariable(taken, null);
        if (string.IsNullOrEmpty(name))
            return null;
        // '@' begins the name of a socket that is in no directory.
        var path = name switch
        {
            ['/', ..] => name,
            ['@', .. var rest] => $"\0{rest}",
            _ => throw new DibsConfigurationException("notify-socket", $"{Socket} is '{name}', and a worker tells only a Unix socket how it lives; unset it, or start the worker with Type=notify of systemd"),
        };
        var isOurs = process is null || process == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        var watchdog = isOurs && long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds) && microseconds > 0
            ? TimeSpan.FromMicroseconds(microseconds)
            : (TimeSpan?)null;
        return new NotifySocket(name, new UnixDomainSocketEndPoint(path), watchdog);
    }

    /// <summary>A watchdog that is not fed at least twice in its time would end a worker that is well.</summary>
    /// <exception cref="DibsConfigurationException">It is too short for a worker of this lease.</exception>
    public void RequireWatchdogFor(TimeSpan lease)
    {
        var least = Rescuer.LookIntervalOf(lease) * 2;
        if (Watchdog < least)
        {
            throw new DibsConfigurationException("watchdog", string.Create(CultureInfo.InvariantCulture,
                $"the watchdog of the service manager is {Watchdog.Value.TotalSeconds:0.###} s, and a worker with a lease of {lease.TotalSeconds:0.###} s needs {least.TotalSeconds:0.###} s or more; raise WatchdogSec of the unit, or shorten --lease"));
        }
    }
}
