using System.Globalization;
using System.Text.Json;
using Dibs.JobHosts;
using Dibs.Jobs;
using Dibs.Processes;
using Dibs.Stores;
using Dibs.Tests.Support;
using Dibs.Workers;

namespace Dibs.Tests.JobHosts;

/// <summary>Job hosts of the test application, used as a worker uses them.</summary>
internal sealed class HostScene : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly CancellationTokenSource _stop = new();
    private readonly HostPool _pool;
    private readonly LogLines _log = new();
    private readonly Task _run;
    private int _jobs;

    private HostScene(HostCommand command, WorkerOptions options, TimeSpan? startPatience)
    {
        Libc.AdoptOrphans();
        _pool = new HostPool(command, options, new Orphans(ownsAllChildren: false, TimeProvider.System, _log), Surroundings.Real, _log) { StartPatience = startPatience ?? Patience };
        Executor = new HostedExecutor(_pool);
        FeedFor(TimeSpan.FromHours(1));
        Started = Executor.StartAsync(() => RoomChanged.Release(), CancellationToken.None);
        _run = Executor.RunAsync(_stop.Token);
    }

    public HostedExecutor Executor { get; }

    public Task Started { get; }

    public SemaphoreSlim RoomChanged { get; } = new(0);

    public string[] Log => _log.Lines;

    /// <summary>Hosts of <c>Dibs.Tests.Child</c>, which is given these words behind <c>host</c>.</summary>
    public static HostScene Start(WorkerOptions? options = null, params string[] words) =>
        StartProgram(ChildApp(words), options);

    /// <inheritdoc cref="Start"/>
    public static HostCommand ChildApp(params string[] words) => new("dotnet", [Path.Combine(AppContext.BaseDirectory, "Dibs.Tests.Child.dll"), "host", .. words]);

    public static HostScene StartProgram(HostCommand command, WorkerOptions? options = null, TimeSpan? startPatience = null) =>
        new(command, options ?? new WorkerOptions { Slots = 1 }, startPatience);

    public void FeedFor(TimeSpan time) => _pool.Feed(Libc.Now() + (long)(time.TotalSeconds * 1e9));

    public async Task UntilRoomAsync(int hosts = 1) => await Deadline.UntilAsync(() => Executor.Room >= hosts, Patience, $"{hosts} hosts are ready");

    /// <summary>Runs a method of <see cref="Dibs.Tests.Child.Deeds"/>, or one named in full.</summary>
    public async Task<HostedJob> RunAsync(string method, params object[] args)
    {
        await UntilRoomAsync();
        return Begin(method, args);
    }

    public HostedJob Begin(string method, params object[] args)
    {
        var content = new JobContent { Args = [.. args.Select(arg => JsonSerializer.SerializeToElement(arg))] };
        return Begin(method.Contains('.', StringComparison.Ordinal) ? method : $"Dibs.Tests.Child.Deeds.{method}", content);
    }

    public async Task<HostedJob> RunCommandAsync(string script)
    {
        await UntilRoomAsync();
        return Begin(method: null, new JobContent { Command = ["sh", "-c", script] });
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run.WaitAsync(Patience, TimeProvider.System);
        Executor.Dispose();
        _stop.Dispose();
    }

    private HostedJob Begin(string? method, JobContent content)
    {
        var number = Interlocked.Increment(ref _jobs);
        var claim = new Claim { Key = new AttemptKey($"job-{number}", 1, 1000 + number), Method = method, Content = content.ToBytes(), Queue = "default" };
        return new HostedJob(claim, Executor);
    }
}

/// <summary>An attempt that runs in a job host.</summary>
internal sealed class HostedJob
{
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _kill = new();
    private readonly List<LogLine> _lines = [];

    public HostedJob(Claim claim, HostedExecutor executor)
    {
        Context = new JobContext(claim.Key, claim.Queue, TimeProvider.System, () => { }, _stop.Token, _kill.Token);
        Ended = executor.ExecuteAsync(claim, Context);
    }

    public JobContext Context { get; }

    public Task<Settlement> Ended { get; }

    public Task<Settlement> EndAsync() => Ended.WaitAsync(HostScene.Patience, TimeProvider.System);

    public void Stop() => _stop.Cancel();

    public void Kill()
    {
        Stop();
        _kill.Cancel();
    }

    public async Task UntilSaidAsync(string line) => await Deadline.UntilAsync(() => Lines().Contains(line), HostScene.Patience, $"it says '{line}'");

    public string[] Lines()
    {
        if (Context.TakeReport() is { } report)
            _lines.AddRange(report.Lines);
        return [.. _lines.Select(line => line.Text)];
    }

    /// <summary>The numbers of the processes that the job wrote into a file.</summary>
    public static async Task<int[]> PidsAsync(string file)
    {
        await Deadline.UntilAsync(() => File.Exists(file), HostScene.Patience, "the job has started its programs");
        return [.. (await File.ReadAllLinesAsync(file)).Select(line => int.Parse(line, CultureInfo.InvariantCulture))];
    }

    public static bool IsAlive(int pid) => ProcessTable.Find(pid) is { IsZombie: false };
}
