using System.Diagnostics.CodeAnalysis;
using Dibs.Stores;

namespace Dibs.Workers;

/// <summary>An attempt that this worker runs, from its claim until its settlement is answered.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The sources hold nothing to free, and who asks to stop may come when the code has just ended.")]
internal sealed class RunningAttempt
{
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _kill = new();

    public RunningAttempt(Claim claim, TimeProvider time, Action changed)
    {
        Claim = claim;
        Context = new JobContext(claim.Key, claim.Queue, time, changed, _stop.Token, _kill.Token);
    }

    public Claim Claim { get; }
    public AttemptKey Key => Claim.Key;
    public JobContext Context { get; }

    /// <summary>What it ended with; null while it runs.</summary>
    public Settlement? Settlement { get; set; }

    /// <summary>Asks the code to stop.</summary>
    public void Stop() => _stop.Cancel();

    /// <summary>Asks the code to stop, and kills what can be killed.</summary>
    public void Kill()
    {
        _stop.Cancel();
        _kill.Cancel();
    }
}
