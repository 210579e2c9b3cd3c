using Dibs.Stores;

namespace Dibs.Execution;

/// <summary>Runs the code of attempts, and says how it ended. It never throws: what the code throws is an outcome.</summary>
internal interface IJobExecutor
{
    /// <summary>What the attempt calls, for the log.</summary>
    string Describe(Claim claim);

    /// <summary>Runs the attempt until its code has ended. The tokens of the context ask it to stop, and kill what can be killed.</summary>
    Task<Settlement> ExecuteAsync(Claim claim, JobContext context);

    /// <summary>Whether the kill token ends the attempt whatever its code does. Code in this process goes on as long as it likes.</summary>
    bool CanKill(Claim claim) => claim.Method is null;

    /// <summary>How many more attempts could begin at once.</summary>
    int Room => int.MaxValue;

    /// <summary>Bytes resident of the other processes in which attempts run.</summary>
    long Memory => 0;

    /// <summary>Gets ready for attempts; returns when there is room for one, or something keeps it from that for now.</summary>
    /// <exception cref="DibsConfigurationException">There never will be.</exception>
    Task StartAsync(Action roomChanged, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Keeps itself ready, until it is told to stop; what it holds ready is gone then.</summary>
    Task RunAsync(CancellationToken stop)
    {
        var told = new TaskCompletionSource();
        stop.UnsafeRegister(static state => ((TaskCompletionSource)state!).TrySetResult(), told);
        return told.Task;
    }

    /// <summary>The lease is good until this timestamp: whatever runs kills itself unless it hears of a later one in time.</summary>
    void Feed(long until)
    {
    }
}
