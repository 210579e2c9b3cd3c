using System.Diagnostics;
using System.Globalization;
using Dibs.Tests.Cli;

namespace Dibs.Tests.Services;

/// <summary>Keeps a worker running as systemd does, by the values of the unit file.</summary>
/// <param name="cli">With the environment of the worker.</param>
/// <param name="options">What DIBS_OPTIONS says.</param>
/// <param name="pace">How much faster it starts a worker again than the unit says.</param>
internal sealed class Supervisor(CliProcess cli, string options, int pace) : IAsyncDisposable
{
    private readonly UnitFile _unit = UnitFile.Read();
    private readonly CancellationTokenSource _stop = new();
    private readonly List<(CliResult Result, TimeSpan Lived)> _ends = [];
    private Task _run = Task.CompletedTask;

    /// <summary>How each process ended so far.</summary>
    public (CliResult Result, TimeSpan Lived)[] Ends
    {
        get
        {
            lock (_ends)
                return [.. _ends];
        }
    }

    public void Start() => _run = RunAsync();

    /// <summary>Waits until it starts no worker again.</summary>
    public Task UntilItGivesUpAsync() => _run;

    /// <summary>As <c>systemctl stop</c>.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _run;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        Assert.Equal("always", _unit["Restart"]);
        var hopeless = _unit["RestartPreventExitStatus"].Split(' ').Select(code => int.Parse(code, CultureInfo.InvariantCulture)).ToArray();
        while (!_stop.IsCancellationRequested)
        {
            var end = await RunOnceAsync();
            lock (_ends)
                _ends.Add(end);
            if (hopeless.Contains(end.Result.Exit))
                return;
            await Task.Delay(_unit.Seconds("RestartSec") / pace, TimeProvider.System, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<(CliResult Result, TimeSpan Lived)> RunOnceAsync()
    {
        var clock = Stopwatch.StartNew();
        using var worker = cli.Start(_unit.WordsFor("reserved_resource_worker_1", options));
        await using (_stop.Token.Register(() => CliProcess.Signal(worker, CliProcess.Terminate)))
            return (await CliProcess.EndAsync(worker), clock.Elapsed);
    }
}
