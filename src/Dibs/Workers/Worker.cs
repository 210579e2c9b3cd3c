using Dibs.Clients;
using Dibs.Execution;
using Dibs.Stores;
using Dibs.Telemetry;
using Microsoft.Extensions.Logging;

namespace Dibs.Workers;

/// <summary>
/// Claims and runs jobs until it is asked to stop. Its duties run beside each other; if one of them fails, the worker ends
/// with that failure rather than go on half alive.
/// </summary>
internal sealed class Worker
{
    /// <summary>How long the last settlements may take once nothing runs any more.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(5);

    private readonly WorkerOptions _options;
    private readonly Surroundings _surroundings;
    private readonly ILogger _logger;
    private readonly IJobExecutor _executor;
    private readonly Signal _work;
    private readonly Lease _lease;
    private readonly Slots _slots;
    private readonly Incarnation _incarnation;
    private readonly Announcer _announcer;
    private readonly Steering _steering;
    private readonly Heartbeats _heartbeats;
    private readonly AttemptRunner _runner;
    private readonly Dispatcher _dispatcher;
    private readonly Func<CancellationToken, Task>[] _duties;

    public Worker(
        IJobStore store, StoreWitness witness, IJobExecutor executor, WorkerOptions options, WorkerRegistration registration, Retention retention, Surroundings surroundings, ILogger logger,
        IReadOnlyList<IWorkerObserver>? observers = null)
    {
        _options = options;
        _surroundings = surroundings;
        _logger = logger;
        _slots = new Slots(options.Slots);
        _incarnation = new Incarnation(store, registration, logger);
        (_executor, _work) = (executor, new Signal(surroundings.Time));
        var work = _work;
        var lease = _lease = new Lease(registration.Lease, surroundings.Time);
        var quarantine = new Quarantine(witness, _incarnation, surroundings.Time, logger);
        var outage = new Outage(_incarnation, _slots, lease, options.OnStoreLoss, surroundings, logger);
        // User code that fills the pool of threads must not cost the lease; nor may a heartbeat that blocks keep the guard from acting.
        var (beating, guarding) = (surroundings.OnOwnThread("Dibs heartbeat"), surroundings.OnOwnThread("Dibs lease"));
        var guard = new LeaseGuard(_incarnation, _slots, executor, lease, quarantine, options, guarding, logger);
        var rescuer = new Rescuer(store, _incarnation, outage, work, surroundings, logger);
        var reporter = new Reporter(store, _slots, outage, surroundings);
        var caretaker = new Caretaker(store, outage, retention, surroundings);
        var listener = new Listener(store, _incarnation, [.. options.Queues], _slots, caretaker, work, surroundings);
        var exchanger = new Exchanger(store, witness, _incarnation, _slots, outage, surroundings, logger);
        _steering = new Steering(_incarnation, work, logger);
        _announcer = new Announcer(observers ?? [], registration, _slots, surroundings.Time);
        _heartbeats = new Heartbeats(store, witness, _incarnation, _slots, lease, guard, _steering, executor, rescuer, outage, _announcer, work, beating);
        _runner = new AttemptRunner(executor, _slots, reporter, options.CancelGrace, work, surroundings, logger);
        _dispatcher = new Dispatcher(exchanger, _slots, executor, _runner, caretaker, lease, quarantine, _steering, options, work, surroundings.Time);
        _duties =
        [
            stop => beating.Start(() => _heartbeats.RunAsync(stop)),
            _heartbeats.ListenAsync,
            rescuer.RunAsync,
            reporter.RunAsync,
            listener.RunAsync,
            stop => guarding.Start(() => guard.RunAsync(stop)),
            caretaker.RunAsync,
            caretaker.ListenAsync,
            executor.RunAsync,
        ];
    }

    /// <summary>Attempts were ended before their code was done, or their outcome did not reach the store.</summary>
    public bool HasCut { get; private set; }

    /// <summary>Gets ready for jobs.</summary>
    public Task PrepareAsync(CancellationToken cancellationToken) => _executor.StartAsync(_work.Set, cancellationToken);

    /// <summary>Makes the worker known. Throws if the store cannot be reached.</summary>
    public async Task RegisterAsync(CancellationToken cancellationToken)
    {
        var sentAt = _surroundings.Time.GetTimestamp();
        await _incarnation.RegisterAsync(cancellationToken);
        _lease.Begin(sentAt);
        _executor.Feed(_lease.GoodUntil);
    }

    /// <summary>Works until the worker has drained, or reached its limits, and leaves the store.</summary>
    /// <param name="drain">Claim nothing more; what runs has the grace.</param>
    /// <param name="abort">Cut what runs, at once.</param>
    public async Task RunAsync(CancellationToken drain, CancellationToken abort)
    {
        using var ended = new CancellationTokenSource();
        using var giveUp = new CancellationTokenSource();
        using var cut = CancellationTokenSource.CreateLinkedTokenSource(abort);
        _surroundings.ReserveThreads(_options.Slots);
        _logger.WorkerStarted(_incarnation.Name, _options.Slots, string.Join(", ", _options.Queues), _options.Lease);
        _announcer.Ready();
        var duties = _duties.Select(duty => _surroundings.Start(() => duty(ended.Token))).ToArray();
        var dispatch = _surroundings.Start(() => _dispatcher.RunAsync(giveUp.Token));
        var drainer = _surroundings.Start(() => DrainAsync(giveUp, drain, cut.Token, ended.Token));

        var first = await Task.WhenAny([dispatch, drainer, .. duties]);
        var isStoreLost = first.Exception?.InnerException is StoreException or DibsConfigurationException;
        if (!isStoreLost && duties.Contains(first))
        {
            // What it runs must not run on when the store is told that the worker is gone.
            cut.Cancel();
            await Task.WhenAny(dispatch, drainer);
        }
        if (dispatch.IsFaulted || isStoreLost)
            HasCut |= _runner.CutAll();
        if (!dispatch.IsCompleted)
            giveUp.Cancel();
        ended.Cancel();
        // A heartbeat still under way would make a worker that has left known again.
        await Task.WhenAll([dispatch, drainer, .. duties]).ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
        // A store that is lost can be told nothing: whoever looks next ends what was cut.
        if (!isStoreLost)
            await LeaveAsync();
        await EndAsync([first, dispatch, drainer, .. duties]);
        _logger.WorkerStopped(_incarnation.Name);
    }

    /// <summary>Waits for the request to stop, then sees to it that the dispatcher ends.</summary>
    private async Task DrainAsync(CancellationTokenSource giveUp, CancellationToken drain, CancellationToken abort, CancellationToken ended)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(drain, _steering.Stop, abort);
        await CanceledAsync(Timeout.InfiniteTimeSpan, either.Token, ended);
        _logger.WorkerDrains(_incarnation.Name, _slots.Running.Length, _options.Grace);
        _announcer.Drain(_options.Grace + _options.CancelGrace + LastWords + LastWords);
        _dispatcher.Drain();
        await CanceledAsync(UnlessEmpty(_options.Grace), abort, ended);
        HasCut |= _slots.Running.Length > 0;
        _runner.StopAll();
        await CanceledAsync(UnlessEmpty(_options.CancelGrace), abort, ended);
        _runner.CutAll();
        await _surroundings.Delay(LastWords, ended);
        HasCut |= !_slots.IsEmpty;
        giveUp.Cancel();
    }

    /// <summary>No grace is needed for nothing: a worker that is idle while its store is lost ends soon.</summary>
    private TimeSpan UnlessEmpty(TimeSpan grace) => _slots.IsEmpty ? TimeSpan.Zero : grace;

    /// <summary>Completes when the token fires or the time has passed; throws when the worker has ended.</summary>
    private async Task CanceledAsync(TimeSpan atMost, CancellationToken token, CancellationToken ended)
    {
        var signal = new Signal(_surroundings.Time);
        using var registration = token.UnsafeRegister(static state => ((Signal)state!).Set(), signal);
        await signal.WaitAsync(atMost, ended);
    }

    private async Task LeaveAsync()
    {
        using var timeout = new CancellationTokenSource(LastWords, _surroundings.Time);
        try
        {
            await _heartbeats.LeaveAsync(timeout.Token);
        }
        catch (Exception exception) when (exception is StoreException or OperationCanceledException)
        {
            // Whoever looks next sees a beat that stands still.
            _logger.LeavingFailed(_incarnation.Name, exception.Message);
        }
    }

    /// <summary>Waits for all of them; one that ended because it was told to has not failed.</summary>
    private async Task EndAsync(IEnumerable<Task> tasks)
    {
        Exception? failure = null;
        foreach (var task in tasks)
        {
            try
            {
                await task;
            }
            catch (OperationCanceledException)
            {
            }
#pragma warning disable CA1031 // The first failure is thrown when all have ended.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                failure ??= exception;
            }
        }
        if (failure is null)
            return;
        if (failure is StoreException or DibsConfigurationException)
            _logger.EndsWithoutStore(_incarnation.Name, failure.Message);
        else
            _logger.DutyFailed(_incarnation.Name, failure);
        System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
    }
}
