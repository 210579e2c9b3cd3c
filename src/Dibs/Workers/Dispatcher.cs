using Dibs.Stores;
using Dibs.Telemetry;
using Microsoft.Extensions.Logging;

namespace Dibs.Workers;

/// <summary>
/// Keeps the slots full: settles what ended and claims what is ready, both in one exchange, one exchange at a time. It acts
/// when it is woken, and once a second in case a wake-up was lost.
/// </summary>
internal sealed class Dispatcher(
    IJobStore store, Incarnation incarnation, Slots slots, AttemptRunner runner, Lease lease, WorkerOptions options, Signal work, Surroundings surroundings, ILogger logger)
{
    /// <summary>What a lost wake-up costs at most.</summary>
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(5);

    /// <summary>A claim that so many heartbeats did not name may be ended by the store, so it is not started.</summary>
    private const int LateAfterHeartbeats = 2;

    private long _started;
    private long _lastBusy;
    private volatile bool _draining;

    /// <summary>Claims nothing more; what runs goes on.</summary>
    public void Drain()
    {
        _draining = true;
        work.Set();
    }

    /// <summary>Sets the signal whenever the store has a hint for one of our queues.</summary>
    public async Task ListenAsync(CancellationToken stop)
    {
        using var wakeUp = store.Listen(new WakeFilter { Queues = [.. options.Queues] });
        while (true)
        {
            await wakeUp.WaitAsync(surroundings.Jitter(PollInterval), stop);
            work.Set();
        }
    }

    /// <summary>Runs until the worker drains or has reached its limits, and all it claimed is settled.</summary>
    public async Task RunAsync(CancellationToken giveUp)
    {
        _lastBusy = surroundings.Time.GetTimestamp();
        while (!(_draining && slots.IsEmpty))
        {
            var ended = slots.Ended;
            var wanted = Wanted();
            if (ended.Length == 0 && wanted == 0)
            {
                await work.WaitAsync(Timeout.InfiniteTimeSpan, giveUp);
                continue;
            }
            // A heartbeat that is under way now may reach the store after the exchange, without the claims.
            var answeredBefore = lease.LastAnswered;
            var identity = incarnation.Current;
            var reply = await ExchangeAsync(identity, ended, wanted, giveUp);
            foreach (var settlement in ended)
                slots.Remove(settlement.Key);
            logger.SettlementsRefused(reply.Refused);
            Take(reply.Claims, answeredBefore);
            if (!reply.Known)
                await RegisterAgainAsync(identity, giveUp);
            CheckLimits(reply, wanted, wasBusy: ended.Length > 0 || !slots.IsEmpty);
            if (!reply.More && reply.Known && slots.Ended.Length == 0 && !(_draining && slots.IsEmpty))
                await work.WaitAsync(Timeout.InfiniteTimeSpan, giveUp);
        }
    }

    private int Wanted()
    {
        var left = options.MaxJobs is { } most ? most - _started : long.MaxValue;
        return _draining || IsLate(lease.LastAnswered) ? 0 : (int)Math.Min(slots.Free, left);
    }

    /// <summary>Whether claims of an exchange may be lost by now: heartbeats went out that did not name them, or the lease lapses.</summary>
    private bool IsLate(long answeredBefore) => lease.Sent - answeredBefore >= LateAfterHeartbeats || lease.Elapsed >= lease.StopAt;

    private void Take(IReadOnlyList<Claim> claims, long answeredBefore)
    {
        // Held before the heartbeats are counted: one that is sent later names the claims.
        var attempts = claims.Select(runner.Hold).ToArray();
        var giveBack = _draining || IsLate(answeredBefore);
        foreach (var attempt in attempts)
        {
            if (giveBack)
            {
                runner.Return(attempt);
                continue;
            }
            _started++;
            runner.Start(attempt);
        }
    }

    private void CheckLimits(ExchangeReply reply, int wanted, bool wasBusy)
    {
        if (wasBusy)
            _lastBusy = surroundings.Time.GetTimestamp();
        var isDone =
            (options.MaxJobs is { } most && _started >= most)
            || (options.Burst && wanted > 0 && slots.IsEmpty && reply is { Known: true, More: false, ReadyLeft: false })
            || (options.MaxIdle is { } idle && slots.IsEmpty && surroundings.Time.GetElapsedTime(_lastBusy) >= idle);
        if (isDone)
            Drain();
    }

    /// <summary>One exchange, repeated under the same number until it is answered.</summary>
    private async Task<ExchangeReply> ExchangeAsync(Incarnation.Identity identity, Settlement[] ended, int wanted, CancellationToken giveUp)
    {
        var request = new ExchangeRequest { Incarnation = identity.Id, Number = ++identity.Exchanges, Settlements = ended, Claims = wanted };
        for (var retryAfter = FirstRetry; ; retryAfter = retryAfter * 2 < LongestRetry ? retryAfter * 2 : LongestRetry)
        {
            try
            {
                return await store.ExchangeAsync(request, giveUp);
            }
            catch (StoreException exception)
            {
                logger.StepFailed(incarnation.Name, "exchange", exception.Message);
                await surroundings.Delay(surroundings.Jitter(retryAfter), giveUp);
            }
        }
    }

    private async Task RegisterAgainAsync(Incarnation.Identity unknown, CancellationToken giveUp)
    {
        try
        {
            await incarnation.BeginAgainAsync(unknown, giveUp);
        }
        catch (StoreException exception)
        {
            // The next heartbeat or exchange is told again that we are unknown.
            logger.StepFailed(incarnation.Name, "registration", exception.Message);
        }
    }
}
