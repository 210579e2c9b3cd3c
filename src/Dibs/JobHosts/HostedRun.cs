using System.Globalization;
using Dibs.Execution;
using Dibs.Processes;
using Dibs.Stores;

namespace Dibs.JobHosts;

/// <summary>One attempt in a job host, and how it ended.</summary>
internal sealed class HostedRun(Claim claim, JobContext context)
{
    private readonly TaskCompletionSource<Settlement> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string? _memory;

    public long Fence => claim.Key.Fence;

    public JobContext Context => context;

    /// <summary>Enough for what .NET writes when it ends a process: the reason stands before the stack.</summary>
    private const int OutputKept = 16 * 1024;

    /// <summary>What the code of the attempt writes.</summary>
    public OutputTail Output { get; } = new(context.Log, OutputKept);

    /// <summary>How it ended, if its host could say.</summary>
    public Task<Settlement> Ended => _ended.Task;

    /// <summary>The code of the attempt may have run.</summary>
    public bool HasBegun
    {
        get => Volatile.Read(ref field);
        set => Volatile.Write(ref field, value);
    }

    public void ExceededMemory(long bytes, long most) => _memory = string.Create(CultureInfo.InvariantCulture,
        $"The job used {bytes >> 20} MiB of memory in its job host; the limit is {most >> 20} MiB. Let the job use less, or raise --max-memory.");

    public void End(EndedFrame ended) => _ended.TrySetResult(new Settlement
    {
        Key = claim.Key,
        Outcome = ended.Outcome,
        Reason = ended.Reason,
        Result = ended.Result is { } result ? result : default(ReadOnlyMemory<byte>?),
        Exit = ended.Exit,
        Error = ended.Error,
    });

    /// <summary>Its host ended under it.</summary>
    /// <param name="code">The exit code of the host.</param>
    /// <param name="wasStarved">The lease had lapsed for the host, which kills itself then.</param>
    public Settlement Crashed(int code, bool wasStarved)
    {
        if (!HasBegun)
            return Outcomes.Returned(claim.Key);
        if (_memory is { } memory)
            return Outcomes.Crashed(claim.Key, JobReasons.Memory, Error(JobReasons.Memory, memory));
        if (context.KillToken.IsCancellationRequested || wasStarved)
            return Outcomes.Stopped(claim.Key);
        var exit = ProcessExit.Of(code);
        return exit.Signal is { } signal
            ? Outcomes.Crashed(claim.Key, JobReasons.Killed, Error("signal", $"The job host was ended by signal {signal} while it ran the job."), exit)
            : Outcomes.Crashed(claim.Key, JobReasons.Exited, Error("exit", $"The job host exited with code {code} while it ran the job: something in the job ended the process."), exit);
    }

    private JobError Error(string type, string message) => new() { Type = type, Message = message, Detail = Output.Last };
}
