using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Dibs.Cli.Working;

/// <summary>The name of a worker with its placeholders filled in: <c>%h</c> the fully qualified host name, <c>%p</c> the process id.</summary>
internal static class WorkerName
{
    // A resolver that does not answer must not hold up the start.
    private static readonly TimeSpan LookUpTime = TimeSpan.FromSeconds(1);

    /// <param name="pattern">As given; <c>%%h</c>, as it is written in a systemd unit, is the same as <c>%h</c>.</param>
    /// <param name="host">The host name.</param>
    public static string FillIn(string pattern, string host) => pattern
        .Replace("%%", "%", StringComparison.Ordinal)
        .Replace("%p", Environment.ProcessId.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("%h", host, StringComparison.Ordinal);

    /// <summary>The fully qualified name of this host, as far as it has one.</summary>
    public static async Task<string> QualifiedHostAsync(TimeProvider time)
    {
        var host = Dns.GetHostName();
        if (host.Contains('.', StringComparison.Ordinal))
            return host;
        using var timeout = new CancellationTokenSource(LookUpTime, time);
        try
        {
            var known = (await Dns.GetHostEntryAsync(host, timeout.Token)).HostName;
            return known.StartsWith($"{host}.", StringComparison.OrdinalIgnoreCase) ? known : host;
        }
        catch (Exception failure) when (failure is SocketException or OperationCanceledException)
        {
            // A host without a domain has its short name.
            return host;
        }
    }
}
