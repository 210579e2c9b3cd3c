using System.Diagnostics;
using Dibs.Processes;
using Dibs.Tests.Cli;
using Dibs.Tests.Support;

namespace Dibs.Tests.Crash.Faults;

/// <summary>
/// Jobs in each other's way, a worker, and one fault. Whoever is hit goes on after a while or is replaced; another worker comes. In the end
/// all jobs are final, their books show no two of them that exclude each other at once, and the store is clean.
/// </summary>
internal sealed class FaultScene : IAsyncDisposable
{
    private const int Slots = 2;
    private const int Resources = 6;
    private const int NotPossible = 4;
    private const int SigKill = 9;
    private const int SigStop = 19;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Whoever is frozen for so long has lost his lease.</summary>
    private static readonly TimeSpan LongFreeze = CrashScene.Lease + TimeSpan.FromSeconds(1.5);

    /// <summary>Inside a transaction of a file everybody waits; this short, nobody loses anything by it.</summary>
    private static readonly TimeSpan ShortFreeze = TimeSpan.FromSeconds(1);

    private readonly TemporaryFolder _folder = TemporaryFolder.InMemory();
    private readonly CliProcess _cli = new();
    private readonly List<CrashWorker> _workers = [];
    private readonly List<Guest> _guests = [];
    private readonly Fault _fault;
    private readonly Random _random;
    private readonly FaultStore _store;
    private readonly Guestbooks _books;

    private FaultScene(Fault fault, Random random, TemporaryFolder folder, FaultStore store)
    {
        (_fault, _random, _folder, _store) = (fault, random, folder, store);
        _books = new Guestbooks(folder);
        _cli.Variables["DIBS_STORE"] = store.Address;
    }

    private string Trigger => _folder.File("trigger");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Plays it through; fails if anything is lost, stuck or at once with what excludes it.</summary>
    public static async Task PlayAsync(Fault fault, int seed)
    {
        var folder = TemporaryFolder.InMemory();
        await using var scene = new FaultScene(fault, new Random(seed), folder, await FaultStore.OpenAsync(fault.Store, folder));
        try
        {
            await scene.PlayAsync();
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            throw new InvalidOperationException($"{fault} ({RandomTrials.SeedVariable}={seed}): {exception.Message}\n{scene.Log}", exception);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers)
            await worker.DisposeAsync();
        await _store.DisposeAsync();
        _cli.Dispose();
        _folder.Dispose();
    }

    private string Log => string.Join('\n', _workers.Select(worker => $"--- {worker.Name}: {worker.Log}"));

    private async Task PlayAsync()
    {
        Invite();
        _books.Open(_guests);
        await _store.EnqueueAsync(_guests.Where(guest => guest.Id is not ("late" or "last")).Select(_books.Request));

        var doomed = _fault.Step == "rescue" ? await BeginDoomedAsync() : null;
        if (_fault.Victim != Victim.Client && doomed is null)
            Arm();
        var worker = Work("first", isFaulty: _fault.Victim != Victim.Client);
        if (doomed is not null)
        {
            await _store.UntilKnownAsync(worker);
            Arm();
            await doomed.KillAsync();
        }
        if (_fault.Step == "cancel" && _fault.Victim != Victim.Client)
            await CancelLongAsync();
        using var client = await StartClientAsync();
        await StrikeAsync(worker, client);

        // A worker that cannot reach its store at the start ends: that is its supervisor's to answer.
        var second = _fault.Victim == Victim.Server ? null : Work("second", isFaulty: false);
        await RecoverAsync(worker, client);
        second ??= Work("second", isFaulty: false);
        await _store.EnqueueAsync(_guests.Where(guest => guest.Id is "late" or "last").Select(_books.Request));
        await _store.UntilAllAreFinalAsync();

        await _store.UntilKnownAsync(second);
        Assert.Equal(0, await second.StopAsync());
        if (!worker.HasExited)
            await worker.StopAsync();
        await ReadAsync();
    }

    /// <summary>A crowd, what lasts long enough to be caught in the act, and one who wants all to himself in the end.</summary>
    private void Invite()
    {
        // When the first one leaves, more reservations are to be granted than a step may.
        string[] gate = [.. Enumerable.Range(1, Limits.Reservations - 3).Select(n => $"gate-{n}")];
        if (_fault.Step == "admit")
            _guests.Add(new Guest("gate", IsCommand: false, 0, gate, []));
        for (var n = 1; n <= 16; n++)
        {
            _guests.Add(Guest.Random($"guest-{n}", Resources, isLong: false, _random) with
            {
                OnWorkerLost = _random.Next(2) == 0 ? OnWorkerLost.Fail : OnWorkerLost.Retry,
                Delay = _fault.Step == "promote" && n > 4 || n > 12 ? TimeSpan.FromSeconds(2) : null,
                Beside = _fault.Step == "admit" ? gate : [],
                Timeout = TimeSpan.FromSeconds(3),
            });
        }
        if (_fault.Step is "cancel" or "rescue" or Fault.AnyTime)
        {
            _guests.Add(new Guest("long-command", IsCommand: true, 2500, [], ["resource-1"]) { Timeout = TimeSpan.FromSeconds(8) });
            _guests.Add(new Guest("long-method", IsCommand: false, 2500, ["resource-2"], []) { Timeout = TimeSpan.FromSeconds(8), OnWorkerLost = OnWorkerLost.Retry });
        }
        _guests.Add(Guest.Random("late", Resources, isLong: false, _random));
        _guests.Add(new Guest("last", IsCommand: false, 0, [.. Enumerable.Range(0, Resources).Select(n => $"resource-{n}")], []));
    }

    private void Arm() => File.WriteAllText(Trigger, "");

    private CrashWorker Work(string name, bool isFaulty)
    {
        _cli.Variables["WITNESS_WORKER"] = name;
        _cli.Variables["DIBS_FAULT"] = isFaulty ? Order() : null;
        var process = Dibs(isFaulty, "worker", "--name", name, "--slots", $"{Slots}", "--lease", $"{CrashScene.Lease.TotalSeconds}s", "--app", CliProcess.App("Witness"), "--allow-commands");
        var worker = new CrashWorker(name, process, _folder.Path, name);
        _workers.Add(worker);
        return worker;
    }

    private Process Dibs(bool isFaulty, params string[] words) =>
        _cli.Start("dotnet", [isFaulty ? CliProcess.ProgramWithFaultPoints : CliProcess.Program, .. words]);

    private string? Order() => _fault.Point is not { } point
        ? null
        : $"{point} {(_fault.Blow == Blow.Kill ? SigKill : SigStop)} {(_fault.Victim == Victim.Server ? _store.Server.ProcessId : 0)} {Trigger}";

    /// <summary>A worker that runs something and is about to be killed, so that there is something to rescue.</summary>
    private async Task<CrashWorker> BeginDoomedAsync()
    {
        var doomed = Work("doomed", isFaulty: false);
        await _store.UntilBegunAsync("long-command", "long-method");
        return doomed;
    }

    private async Task CancelLongAsync()
    {
        await _store.UntilBegunAsync("long-command", "long-method");
        await _store.CancelAsync("long-command", "long-method");
    }

    /// <summary>A client that is hit, or that hits the server, in the middle of what it asks.</summary>
    private async Task<Process?> StartClientAsync()
    {
        if (!(_fault.Victim == Victim.Client || (_fault.Victim == Victim.Server && _fault.Step == "admit")))
            return null;
        if (_fault.Step == "cancel")
            await _store.UntilBegunAsync("long-command");
        if (_fault.Victim == Victim.Client && _fault.Point is not null)
            Arm();
        _cli.Variables["DIBS_FAULT"] = Order();
        return Ask(isFaulty: true);
    }

    private Process Ask(bool isFaulty)
    {
        var process = Dibs(isFaulty, _fault.Step == "cancel" ? ["cancel", "long-command"] : ["enqueue", "--id", "asked", "--", "true"]);
        // What it writes is of no interest, and may fill its pipes.
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    /// <summary>Waits until the point was passed, or for any time.</summary>
    private async Task StrikeAsync(CrashWorker worker, Process? client)
    {
        if (_fault.Point is not null)
        {
            await Deadline.UntilAsync(() => File.Exists($"{Trigger}.fired"), Patience, "the point is passed");
            return;
        }
        await Task.Delay(TimeSpan.FromMilliseconds(_random.Next(client is null ? 3000 : 700)), TimeProvider.System, Token);
        int? pid = _fault.Victim switch
        {
            Victim.Worker => worker.Id,
            Victim.Client => client!.Id,
            Victim.Server => _store.Server.ProcessId,
            _ => Children(worker.Id) is { Length: > 0 } hosts ? hosts[_random.Next(hosts.Length)] : null,
        };
        // One that has ended by now, or has not begun, is not hit.
        if (pid is { } there)
            _ = CliProcess.TrySignal(there, _fault.Blow == Blow.Kill ? SigKill : SigStop);
    }

    private static int[] Children(int pid) => [.. ProcessTable.Read().Children(pid).Select(child => child.Pid)];

    private async Task RecoverAsync(CrashWorker worker, Process? client)
    {
        if (_fault.Blow == Blow.Freeze)
        {
            var isInside = _fault is { Store: StoreKind.Sqlite, Victim: not Victim.JobHost } && (_fault.When == "during" || _fault.Point is null);
            await Task.Delay(isInside ? ShortFreeze : LongFreeze, TimeProvider.System, Token);
        }
        switch (_fault)
        {
            case { Victim: Victim.Server, Blow: Blow.Kill }:
                await _store.Server.EndAsync();
                await _store.Server.StartAgainAsync();
                break;
            case { Victim: Victim.Server, Blow: Blow.Freeze }:
                _store.Server.Thaw();
                break;
            case { Victim: Victim.Worker, Blow: Blow.Kill }:
                await worker.WaitForExitAsync();
                break;
            case { Victim: Victim.Worker, Blow: Blow.Freeze }:
                worker.Thaw();
                break;
            case { Victim: Victim.Client, Blow: Blow.Freeze }:
                CliProcess.Resume(client!);
                break;
        }
        if (client is null)
            return;
        await client.WaitForExitAsync(Token).WaitAsync(Patience, TimeProvider.System, Token);
        // What is asked again after an unknown outcome is done once.
        using var again = Ask(isFaulty: false);
        await again.WaitForExitAsync(Token).WaitAsync(Patience, TimeProvider.System, Token);
        // What was to be canceled may have ended by itself meanwhile.
        Assert.True(again.ExitCode == 0 || (_fault.Step == "cancel" && again.ExitCode == NotPossible), $"asking again ended with {again.ExitCode}");
        if (_fault.Step != "cancel")
            Assert.Single(await _store.ReadAsync(["asked"]));
    }

    private async Task ReadAsync()
    {
        var records = await _store.ReadAsync([.. _guests.Select(guest => guest.Id)]);
        _ = _books.Read(_guests, records, MayEndSo);
        Assert.Equal(JobState.Completed, records.Single(record => record.Id == "last").State);
        Assert.InRange(records.Count(record => record.State != JobState.Completed && record.Reason != JobReasons.Canceled), 0, 2 * Slots);
        await _store.AssertCleanAsync();
    }

    private static bool MayEndSo(JobRecord record) =>
        record.Reason is JobReasons.WorkerLost or JobReasons.Killed or JobReasons.Interrupted or JobReasons.Timeout or JobReasons.Canceled;
}
