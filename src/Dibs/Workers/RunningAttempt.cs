using Dibs.Faults;
using Dibs.Jobs;
using Dibs.Stores;
using Dibs.Telemetry;
using Microsoft.Extensions.Logging;

namespace Dibs.Workers;

/// <summary>An attempt that this worker runs, from its claim until its settlement is answered.</summary>
#pragma warning disable CA1001 // Whoever stops an attempt may hold it a moment longer than it runs, so nobody disposes the sources; the timer fires once.
internal sealed class RunningAttempt
#pragma warning restore CA1001
{
    /// <summary>Below what a timer of .NET takes, which are 49 days.</summary>
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(30);

    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _kill = new();
    private int _stopping;
    private ITimer? _graceTimer;
    private ITimer? _limit;
    private long _began;
    private readonly TimeSpan _grace;
    private readonly Surroundings _surroundings;
    private readonly ILogger _logger;

    public RunningAttempt(Claim claim, TimeSpan grace, Action changed, Surroundings surroundings, ILogger logger)
    {
        Claim = claim;
        (_grace, _surroundings, _logger) = (grace, surroundings, logger);
        Timeout = JobContent.TimeoutIn(claim.Content.Span);
        Context = new JobContext(claim.Key, claim.Queue, surroundings.Time, changed, _stop.Token, _kill.Token);
    }

    public Claim Claim { get; }
    public AttemptKey Key => Claim.Key;
    public JobContext Context { get; }

    /// <summary>How long its code may run before it is asked to stop.</summary>
    public TimeSpan? Timeout { get; }

    /// <summary>Its code has ended: what is left is to store what it said last, and its outcome.</summary>
    public bool HasEnded
    {
        get => Volatile.Read(ref field);
        private set => Volatile.Write(ref field, value);
    }

    /// <summary>It has been handed to what runs it.</summary>
    public bool HasBegun
    {
        get => Volatile.Read(ref field);
        private set => Volatile.Write(ref field, value);
    }

    /// <summary>It was to be gone by now: the grace is over, and what can be killed was killed.</summary>
    public bool IsOverdue
    {
        get => Volatile.Read(ref field);
        private set => Volatile.Write(ref field, value);
    }

    /// <summary>It was asked to stop because its time-out had passed, and for no reason before that.</summary>
    public bool HasTimedOut { get; private set; }

    /// <summary>It begins to run: from now on its time-out counts.</summary>
    public void Begin()
    {
        _began = _surroundings.Time.GetTimestamp();
        HasBegun = true;
        LookAtTime();
    }

    /// <summary>Asks it to stop if its time-out has passed, else looks again when it will have.</summary>
    private void LookAtTime()
    {
        if (Timeout is not { } timeout || HasEnded)
            return;
        var left = timeout - _surroundings.Time.GetElapsedTime(_began);
        if (left <= TimeSpan.Zero)
            StopForTime();
        else
            _limit = _surroundings.Time.CreateTimer(static state => ((RunningAttempt)state!).LookAtTime(), this, left < LongestTimer ? left : LongestTimer, System.Threading.Timeout.InfiniteTimeSpan);
    }

    /// <summary>Its code has ended.</summary>
    public void End()
    {
        HasEnded = true;
        _graceTimer?.Dispose();
        _limit?.Dispose();
    }

    /// <summary>
    /// Asks the code to stop, and kills what can be killed when the grace is over. What the code does about it runs beside the
    /// caller: it may block, and it may throw.
    /// </summary>
    public void Stop()
    {
        if (Interlocked.Exchange(ref _stopping, 1) != 0)
            return;
        FaultPoint.Pass("cancel.before");
        BeginToStop();
        FaultPoint.Pass("cancel.during");
    }

    private void StopForTime()
    {
        if (Interlocked.Exchange(ref _stopping, 1) != 0)
            return;
        HasTimedOut = true;
        BeginToStop();
    }

    private void BeginToStop()
    {
        _surroundings.StartAlone(() => Cancel(_stop));
        _graceTimer = _surroundings.Time.CreateTimer(static state => ((RunningAttempt)state!).KillUnlessEnded(), this, _grace, System.Threading.Timeout.InfiniteTimeSpan);
    }

    /// <summary>Asks the code to stop, and kills what can be killed before this returns.</summary>
    public void Kill()
    {
        Stop();
        IsOverdue = true;
        Cancel(_kill);
    }

    private void KillUnlessEnded()
    {
        if (!HasEnded)
            Kill();
    }

    private void Cancel(CancellationTokenSource source)
    {
        try
        {
            source.Cancel();
        }
        catch (AggregateException failure)
        {
            _logger.StoppingThrew(Key.JobId, Key.Attempt, failure);
        }
    }
}
