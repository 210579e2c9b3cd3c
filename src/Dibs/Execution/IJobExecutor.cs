using Dibs.Stores;

namespace Dibs.Execution;

/// <summary>Runs the code of one attempt, and says how it ended. It never throws: what the code throws is an outcome.</summary>
internal interface IJobExecutor
{
    /// <summary>What the attempt calls, for the log.</summary>
    string Describe(Claim claim);

    /// <summary>Runs the attempt until its code has ended. The tokens of the context ask it to stop, and kill what can be killed.</summary>
    Task<Settlement> ExecuteAsync(Claim claim, JobContext context);
}
