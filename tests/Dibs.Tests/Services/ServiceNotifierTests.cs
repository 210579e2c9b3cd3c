using System.Diagnostics;
using Dibs.Cli.Working;
using Dibs.Clients;
using Dibs.Execution;
using Dibs.Stores;
using Dibs.Stores.Memory;
using Dibs.Tests.Cli;
using Dibs.Tests.Redis.Servers;
using Dibs.Tests.Simulation;
using Dibs.Tests.Sqlite;
using Dibs.Tests.Support;
using Dibs.Workers;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dibs.Tests.Services;

/// <summary>Worker processes tell a service manager how they live, on a real socket.</summary>
public sealed class ServiceNotifierTests : IDisposable
{
    private readonly CliProcess _cli = new();

    public void Dispose() => _cli.Dispose();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_worker_says_that_it_is_ready_beats_and_stops_and_its_jobs_know_nothing_of_it(bool isAbstract)
    {
        using var service = new ServiceSocket(isAbstract ? $"@dibs-test-{Guid.NewGuid():N}" : _cli.File("notify"));
        using var worker = Start(service);
        await service.UntilItSaysAsync("READY=1");
        Assert.Equal("READY=1\nSTATUS=0 of 2 slots busy, queue default", service.Datagrams[0]);
        await service.UntilItBeatsAsync(3);
        await _cli.RunAsync("enqueue", "--id", "one", "--", "sh", "-c", $"echo \"[$NOTIFY_SOCKET$WATCHDOG_USEC$WATCHDOG_PID]\"; while [ ! -e '{_cli.File("go")}' ]; do sleep 0.05; done");
        await service.UntilStatusAsync("1 of 2 slots busy, queue default");
        CliProcess.Signal(worker, CliProcess.Terminate);
        await service.UntilItSaysAsync("STOPPING=1");
        // The grace, that of a cancel, and the last words.
        Assert.Contains("STOPPING=1\nSTATUS=draining: 1 of 2 slots busy, queue default\nEXTEND_TIMEOUT_USEC=75000000", service.Datagrams);
        await service.UntilItBeatsAsync(2);
        await File.WriteAllTextAsync(_cli.File("go"), "", Token);
        Assert.Equal(0, (await CliProcess.EndAsync(worker)).Exit);
        Assert.Equal("[]\n", (await _cli.RunAsync("job", "one", "--logs")).Out);
    }

    [Fact]
    public async Task A_worker_that_is_frozen_feeds_no_watchdog()
    {
        using var service = new ServiceSocket(_cli.File("notify"));
        using var worker = Start(service);
        await service.UntilItBeatsAsync(2);
        CliProcess.Signal(worker, ChildProcess.SigStop);
        await UntilItIsFrozenAsync(worker);
        await service.CatchUpAsync();
        var before = service.Datagrams.Length;
        // Four times as long as it waits between two beats.
        await Task.Delay(TimeSpan.FromSeconds(1.5), TimeProvider.System, Token);
        Assert.Equal(before, service.Datagrams.Length);
        CliProcess.Resume(worker);
        await service.UntilItBeatsAsync(2);
        CliProcess.Signal(worker, CliProcess.Terminate);
        Assert.Equal(0, (await CliProcess.EndAsync(worker)).Exit);
    }

    [Fact]
    public async Task A_worker_whose_heartbeat_hangs_feeds_no_watchdog()
    {
        using var service = new ServiceSocket(_cli.File("notify"));
        var variables = new Dictionary<string, string?> { ["NOTIFY_SOCKET"] = service.Name, ["WATCHDOG_USEC"] = "60000000" };
        var notifier = new ServiceNotifier(NotifySocket.Take(variables.GetValueOrDefault)!, NullLogger<ServiceNotifier>.Instance);
        await using var store = new MemoryJobStore("default", TimeProvider.System);
        var line = new FaultyStore(store);
        var options = new WorkerOptions { Slots = 1, Queues = ["default"], Lease = TimeSpan.FromSeconds(3) };
        var registration = TestWorker.RegistrationOf("w") with { Lease = options.Lease };
        var worker = new Worker(
            line, new StoreWitness(NullLogger.Instance), new NoJobs(), options, registration, Retention.Default, Surroundings.Real, NullLogger.Instance, [notifier]);
        using var drain = new CancellationTokenSource();
        await worker.RegisterAsync(Token);
        var run = worker.RunAsync(drain.Token, CancellationToken.None);
        await service.UntilItBeatsAsync(2);
        var (hangs, answer) = (new TaskCompletionSource(), new TaskCompletionSource());
        line.Fault = async (name, step) =>
        {
            if (name == "heartbeat")
            {
                hangs.TrySetResult();
                await answer.Task;
            }
            await step();
        };
        await hangs.Task.WaitAsync(Token);
        var before = (await store.SurveyAsync(SurveyParts.Workers, Token)).Workers.Single().Beat;
        // Four times as long as it waits between two beats.
        await Task.Delay(TimeSpan.FromSeconds(1.5), TimeProvider.System, Token);
        await service.CatchUpAsync();
        Assert.Equal(before, service.Beats);
        line.Mend();
        answer.SetResult();
        await service.UntilItBeatsAsync();
        await drain.CancelAsync();
        await run;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_worker_that_waits_for_its_store_does_not_hang_and_says_what_it_waits_for(bool isFrozen)
    {
        await using var server = await RedisServer.StartAsync(new RedisSetup { AppendOnly = "always" });
        _cli.Variables["DIBS_STORE"] = server.Address;
        using var service = new ServiceSocket(_cli.File("notify"));
        using var worker = Start(service);
        await service.UntilItBeatsAsync(2);
        if (isFrozen)
            server.Freeze();
        else
            await server.KillAsync();
        await service.UntilStatusAsync("waiting for its store: 0 of 2 slots busy, queue default");
        await service.UntilItBeatsAsync();
        if (isFrozen)
            server.Thaw();
        else
            await server.StartAgainAsync();
        await service.UntilStatusAsync("0 of 2 slots busy, queue default");
        CliProcess.Signal(worker, CliProcess.Terminate);
        Assert.Equal(0, (await CliProcess.EndAsync(worker)).Exit);
    }

    [Fact]
    public async Task Without_a_watchdog_only_changes_are_told()
    {
        using var service = new ServiceSocket(_cli.File("notify"));
        _cli.Variables["NOTIFY_SOCKET"] = service.Name;
        await _cli.RunAsync("enqueue", "--", "sleep", "1");
        Assert.Equal(0, (await _cli.RunAsync("worker", "--allow-commands", "--burst", "-c", "1", "--lease", "3s")).Exit);
        Assert.Equal(["READY=1", "STATUS=0 of 1 slots busy, queue default"], service.Datagrams[0].Split('\n'));
        Assert.Equal(0, service.Beats);
        Assert.Equal(service.Datagrams.Distinct(), service.Datagrams);
    }

    [Fact]
    public async Task A_service_manager_that_is_not_there_is_said_once_and_the_worker_goes_on()
    {
        _cli.Variables["NOTIFY_SOCKET"] = _cli.File("nobody");
        _cli.Variables["WATCHDOG_USEC"] = "60000000";
        await _cli.RunAsync("enqueue", "--", "sleep", "1");
        var result = await _cli.RunAsync("worker", "--allow-commands", "--burst", "--lease", "3s");
        Assert.Equal(0, result.Exit);
        Assert.Single(result.Error.Split('\n'), line => line.Contains("The service manager cannot be told", StringComparison.Ordinal));
    }

    [Fact]
    public void A_service_manager_that_does_not_read_holds_up_nobody_for_long()
    {
        using var service = new ServiceSocket(_cli.File("notify"), reads: false);
        var log = new LogLines();
        using var logging = LoggerFactory.Create(builder => builder.AddProvider(log));
        var variables = new Dictionary<string, string?> { ["NOTIFY_SOCKET"] = service.Name, ["WATCHDOG_USEC"] = "60000000" };
        var notifier = new ServiceNotifier(NotifySocket.Take(variables.GetValueOrDefault)!, logging.CreateLogger<ServiceNotifier>());
        var status = new WorkerStatus("w", ["default"], Slots: 1, Busy: 0, WorkerPhase.Ready, TimeProvider.System.GetUtcNow());
        // The system takes some 10 to 500 before it lets the sender wait.
        for (var sent = 0; log.Lines.Length == 0; sent++)
        {
            Assert.True(sent < 10_000, "It never fills up.");
            notifier.Beat(status);
        }
        var clock = Stopwatch.StartNew();
        notifier.Beat(status);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Assert.Single(log.Lines);
    }

    [Fact]
    public async Task A_watchdog_that_the_heartbeat_cannot_feed_is_refused_with_the_remedy()
    {
        using var service = new ServiceSocket(_cli.File("notify"));
        _cli.Variables["NOTIFY_SOCKET"] = service.Name;
        _cli.Variables["WATCHDOG_USEC"] = "7000000";
        var result = await _cli.RunAsync("worker", "--allow-commands", "--lease", "1h");
        Assert.Equal(78, result.Exit);
        Assert.Equal(
            "dibs: the watchdog of the service manager is 7 s, and a worker with a lease of 3600 s needs 7.5 s or more; raise WatchdogSec of the unit, or shorten --lease\n",
            result.Error);
        Assert.Equal(0, (await _cli.RunAsync("worker", "--allow-commands", "--burst", "--lease", "28s")).Exit);
    }

    [Theory]
    [InlineData(null, null, null)]
    [InlineData("0", null, null)]
    [InlineData("x", null, null)]
    [InlineData("2500000", null, 2.5)]
    [InlineData("2500000", "other", null)]
    [InlineData("2500000", "own", 2.5)]
    public void A_watchdog_is_that_of_this_process(string? time, string? process, double? seconds)
    {
        var variables = new Dictionary<string, string?>
        {
            ["NOTIFY_SOCKET"] = "/run/notify",
            ["WATCHDOG_USEC"] = time,
            ["WATCHDOG_PID"] = process == "own" ? $"{Environment.ProcessId}" : process is null ? null : "1",
        };
        Assert.Equal(seconds, NotifySocket.Take(variables.GetValueOrDefault)!.Watchdog?.TotalSeconds);
    }

    [Fact]
    public void A_socket_of_another_kind_is_refused_and_none_is_none()
    {
        Assert.Null(NotifySocket.Take(_ => null));
        var refused = Assert.Throws<DibsConfigurationException>(() => NotifySocket.Take(name => name == "NOTIFY_SOCKET" ? "vsock:2:1234" : null));
        Assert.Contains("'vsock:2:1234'", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>A worker that beats every 375 ms, with a watchdog that it must feed.</summary>
    private Process Start(ServiceSocket service)
    {
        _cli.Variables["NOTIFY_SOCKET"] = service.Name;
        _cli.Variables["WATCHDOG_USEC"] = "60000000";
        return _cli.Start("worker", "--allow-commands", "--slots", "2", "--lease", "3s");
    }

    private sealed class NoJobs : IJobExecutor
    {
        public string Describe(Claim claim) => throw new UnreachableException();

        public Task<Settlement> ExecuteAsync(Claim claim, JobContext context) => throw new UnreachableException();
    }

    private static async Task UntilItIsFrozenAsync(Process worker)
    {
        // The third word of proc(5)'s stat is the state; the second, the name, has no blanks here.
        while ((await File.ReadAllTextAsync($"/proc/{worker.Id}/stat", Token)).Split(' ')[2] is not "T") { }
    }
}
