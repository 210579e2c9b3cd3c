using Dibs.Sqlite.Steps;
using Dibs.Stores;

namespace Dibs.Sqlite.Writing;

/// <summary>A step that waits for its turn at the writer, and the caller who waits for its answer.</summary>
internal abstract class Operation
{
    /// <summary>When it was queued, by the timestamps of the system's monotonic clock.</summary>
    public long QueuedAt { get; } = TimeProvider.System.GetTimestamp();

    /// <summary>What it made happen; told to listeners after it is stored.</summary>
    public Hints Hints { get; } = new();

    /// <summary>Whether its caller gave it up before it began; the caller is told so.</summary>
    public abstract bool IsCanceled { get; }

    /// <summary>Does the step inside the transaction.</summary>
    public abstract void Run(Step step);

    /// <summary>Gives the answer, after the transaction is stored.</summary>
    public abstract void Answer();

    /// <summary>Tells that the step was not done, or may not have been done.</summary>
    public abstract void Fail(Exception failure);
}

/// <summary>A step with an answer. A caller who cancels stops waiting; a step that began is done all the same.</summary>
internal sealed class Operation<T> : Operation
{
    private readonly Func<Step, T> _run;
    private readonly CancellationTokenRegistration _cancellation;
    private readonly TaskCompletionSource<T> _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T _answer = default!;

    public Operation(Func<Step, T> run, CancellationToken cancellationToken)
    {
        _run = run;
        _cancellation = cancellationToken.UnsafeRegister(static (answered, token) => ((TaskCompletionSource<T>)answered!).TrySetCanceled(token), _answered);
    }

    public Task<T> Answered => _answered.Task;

    public override bool IsCanceled => _answered.Task.IsCanceled;

    public override void Run(Step step) => _answer = _run(step);

    public override void Answer()
    {
        _cancellation.Dispose();
        _answered.TrySetResult(_answer);
    }

    public override void Fail(Exception failure)
    {
        _cancellation.Dispose();
        _answered.TrySetException(failure);
    }
}
