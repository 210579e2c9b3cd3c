using Dibs.Execution;
using Dibs.Stores;

namespace Dibs.Workers;

/// <summary>
/// Keeps the slots full: settles what ended and claims what is ready, both in one exchange, whenever it is woken.
/// </summary>
internal sealed class Dispatcher(
    Exchanger exchanger, Slots slots, IJobExecutor executor, AttemptRunner runner, Caretaker caretaker, Lease lease, Quarantine quarantine, Steering steering, WorkerOptions options, Signal work, TimeProvider time)
{
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

    /// <summary>Runs until the worker drains or has reached its limits, and all it claimed is settled.</summary>
    public async Task RunAsync(CancellationToken giveUp)
    {
        _lastBusy = time.GetTimestamp();
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
            var reply = await exchanger.ExchangeAsync(ended, wanted, giveUp);
            Take(reply.Claims, answeredBefore);
            if (reply.Due)
                caretaker.Call();
            CheckLimits(reply, wanted, wasBusy: ended.Length > 0 || !slots.IsEmpty);
            if (!reply.More && reply.Known && slots.Ended.Length == 0 && !(_draining && slots.IsEmpty))
                await work.WaitAsync(Timeout.InfiniteTimeSpan, giveUp);
        }
    }

    private int Wanted()
    {
        var left = options.MaxJobs is { } most ? most - _started : long.MaxValue;
        return MustNotClaim(lease.LastAnswered) ? 0 : (int)Math.Clamp(Math.Min(slots.Free, executor.Room - slots.Waiting), 0, left);
    }

    /// <summary>Whether claims would not be run: heartbeats went out that did not name them, the lease lapses, the store came back older, or people want none.</summary>
    private bool MustNotClaim(long answeredBefore) =>
        _draining || steering.IsQuiet || lease.Sent - answeredBefore >= LateAfterHeartbeats || lease.Elapsed >= lease.StopAt || quarantine.IsOn();

    private void Take(IReadOnlyList<Claim> claims, long answeredBefore)
    {
        // Held before the heartbeats are counted: one that is sent later names the claims.
        var attempts = claims.Select(runner.Hold).ToArray();
        var giveBack = MustNotClaim(answeredBefore);
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
            _lastBusy = time.GetTimestamp();
        var isDone =
            (options.MaxJobs is { } most && _started >= most)
            || (options.Burst && wanted > 0 && slots.IsEmpty && reply is { Known: true, More: false, ReadyLeft: false, Due: false })
            || (options.MaxIdle is { } idle && slots.IsEmpty && time.GetElapsedTime(_lastBusy) >= idle);
        if (isDone)
            Drain();
    }
}
