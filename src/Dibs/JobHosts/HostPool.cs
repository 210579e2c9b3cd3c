using System.ComponentModel;
using Dibs.Processes;
using Dibs.Telemetry;
using Dibs.Workers;
using Microsoft.Extensions.Logging;

namespace Dibs.JobHosts;

/// <summary>
/// Keeps a job host ready for each slot, started ahead: an attempt is given to one that is there, and never waits for one that
/// starts.
/// </summary>
#pragma warning disable CA1001 // The keepers use both sources to their end, which comes after that of the pool; neither owns a timer.
internal sealed class HostPool(HostCommand command, WorkerOptions options, Orphans orphans, Surroundings surroundings, ILogger logger)
#pragma warning restore CA1001
{
    private static readonly TimeSpan LeavePatience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LookPace = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan MemoryPace = TimeSpan.FromSeconds(1);

    /// <summary>How the command line begins its errors, in a job host too.</summary>
    private const string Fault = "dibs: ";

    /// <summary>EX_CONFIG of sysexits.h: what a program says that will not start unless somebody changes its settings.</summary>
    private const int BadConfiguration = 78;

    private readonly Lock _lock = new();
    private readonly HashSet<JobHost> _hosts = [];
    private readonly List<JobHost> _idle = [];
    private readonly SemaphoreSlim _starts = new(Environment.ProcessorCount);
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _ending = new();
    private Action _roomChanged = () => { };
    private Task[] _keepers = [];
    private long _until;
    private long _memory;

    /// <summary>How long an application may take until it is ready for jobs. Then its host is killed, and another one is started.</summary>
    public TimeSpan StartPatience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Hosts that wait for a job.</summary>
    public int Room
    {
        get
        {
            lock (_lock)
                return _idle.Count(host => host.IsUsable);
        }
    }

    /// <summary>Bytes resident of all hosts and what they started, when they were last looked at: no heartbeat waits for a look at all processes of the machine.</summary>
    public long Memory => Volatile.Read(ref _memory);

    /// <summary>Starts the hosts. Returns when one is ready, or could not start for now.</summary>
    /// <exception cref="DibsConfigurationException">It will never start.</exception>
    public Task StartAsync(Action roomChanged, CancellationToken cancellationToken)
    {
        _roomChanged = roomChanged;
        _keepers = [.. Enumerable.Range(0, options.Slots).Select(_ => surroundings.Start(KeepAsync))];
        return _first.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Looks after the hosts until it is told to stop; then none is left.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        await using var registration = stop.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), _ending);
        await Task.WhenAll([LookAfterAsync(), .. _keepers]);
    }

    /// <summary>The host that ran last, whose caches are warm; null if none is idle.</summary>
    public JobHost? TryTake()
    {
        lock (_lock)
        {
            var host = _idle.FindLast(host => host.IsUsable);
            if (host is not null)
                _idle.Remove(host);
            return host;
        }
    }

    /// <summary>Its attempt has ended.</summary>
    public void GiveBack(JobHost host)
    {
        var isLarge = options.MaxMemory is { } most && ProcessTable.Find(host.Pid)?.Memory > most;
        if (isLarge || host.Attempts >= options.MaxJobsPerHost)
            host.Retire();
        Offer(host);
    }

    /// <summary>The lease is good until then.</summary>
    public void Feed(long until)
    {
        Volatile.Write(ref _until, until);
        foreach (var host in Hosts())
            host.Feed(until);
    }

    /// <summary>Ends all hosts, also where the worker never came to run.</summary>
    public void End() => _ending.Cancel();

    private static long MemoryOf(JobHost host, ProcessTable table) =>
        (ProcessTable.Find(host.Pid)?.Memory ?? 0) + table.Descendants(host.Pid).Sum(process => process.Memory);

    private JobHost[] Hosts()
    {
        lock (_lock)
            return [.. _hosts];
    }

    private void Offer(JobHost host)
    {
        lock (_lock)
        {
            if (!host.IsUsable)
                return;
            _idle.Add(host);
        }
        _roomChanged();
    }

    /// <summary>Keeps one host alive.</summary>
    private async Task KeepAsync()
    {
        var pause = FirstPause;
        while (!_ending.IsCancellationRequested)
        {
            if (await StartOneAsync() is not { } host)
            {
                await surroundings.Delay(surroundings.Jitter(pause), _ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                pause = pause * 2 < LastPause ? pause * 2 : LastPause;
                continue;
            }
            pause = FirstPause;
            Offer(host);
            await host.Retired.WaitAsync(_ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var code = await host.LeaveAsync(LeavePatience);
            lock (_lock)
            {
                _hosts.Remove(host);
                _idle.Remove(host);
            }
            logger.HostEnded(host.Pid, host.Attempts, code);
        }
    }

    /// <summary>Starts a host, and waits until it is ready. Null if it did not come to that: it was said why.</summary>
    private async Task<JobHost?> StartOneAsync()
    {
        try
        {
            await _starts.WaitAsync(_ending.Token);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        try
        {
            var host = JobHost.Start(command, orphans, surroundings.Time, logger);
            lock (_lock)
                _hosts.Add(host);
            host.Feed(Volatile.Read(ref _until));
            await ((Task)Task.WhenAny(host.Ready, host.Gone)).WaitAsync(StartPatience, surroundings.Time, _ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (host.Ready.IsCompletedSuccessfully)
            {
                _first.TrySetResult();
                return host;
            }
            await GiveUpAsync(host);
        }
        catch (Win32Exception failure)
        {
            logger.HostNotStarted(command.Program, failure.Message);
        }
        finally
        {
            _starts.Release();
        }
        // Whoever waits for the first one waits no longer: the worker is there, and tries again.
        _first.TrySetResult();
        return null;
    }

    /// <summary>It ended before it was ready, or takes too long.</summary>
    private async Task GiveUpAsync(JobHost host)
    {
        var isLate = !host.Gone.IsCompleted;
        host.Kill();
        var code = await host.Gone;
        lock (_lock)
            _hosts.Remove(host);
        if (_ending.IsCancellationRequested)
            return;
        var lines = host.LastWords?.Split('\n') ?? ["nothing"];
        var fault = lines.LastOrDefault(line => line.StartsWith(Fault, StringComparison.Ordinal))?[Fault.Length..];
        var last = fault ?? lines[^1];
        if (!isLate && code == BadConfiguration && _first.TrySetException(new DibsConfigurationException("job-host", last)))
            await _ending.CancelAsync();
        else if (isLate)
            logger.HostLate(host.Pid, StartPatience, last);
        else
            logger.HostFailed(host.Pid, code, last);
    }

    /// <summary>Measures the hosts, ends what uses too much memory, and takes away what has ended.</summary>
    private async Task LookAfterAsync()
    {
        while (!_ending.IsCancellationRequested)
        {
            await surroundings.Delay(options.MaxMemory is null && Memory > 0 ? LookPace : MemoryPace, _ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            orphans.Reap();
            var table = ProcessTable.Read();
            var sum = 0L;
            foreach (var host in Hosts())
            {
                var bytes = MemoryOf(host, table);
                sum += bytes;
                if (bytes > options.MaxMemory)
                    host.KillForMemory(bytes, options.MaxMemory.Value);
            }
            Volatile.Write(ref _memory, sum);
        }
    }
}
