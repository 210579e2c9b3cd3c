using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Dibs.Jobs;
using Dibs.Stores;

namespace Dibs.Execution;

/// <summary>
/// Runs a program as a job: exit code 0 completes it. Asked to stop it gets SIGTERM, after the grace it and all that it
/// started are killed. Its output becomes log lines, of which the last 64 KiB are kept.
/// </summary>
/// <param name="allowed">Whether this worker runs commands at all.</param>
/// <param name="grace">Between SIGTERM and SIGKILL.</param>
/// <param name="time">By which the grace passes.</param>
internal sealed class CommandExecutor(bool allowed, TimeSpan grace, TimeProvider time)
{
    /// <summary>.NET reports an end by a signal as this and its number; Linux has 64 signals.</summary>
    private const int SignalExit = 128;
    private const int LastSignal = 64;
    private static readonly TimeSpan OutputGrace = TimeSpan.FromSeconds(5);

    public async Task<Settlement> ExecuteAsync(JobContent content, JobContext context)
    {
        if (content.Command is not [var program, ..])
            return Outcomes.Failed(context.Key, JobReasons.UnknownMethod, new JobError { Type = JobReasons.UnknownMethod, Message = "The job names neither a method nor a command." });
        if (!allowed)
        {
            return Outcomes.Failed(context.Key, JobReasons.UnknownMethod, new JobError
            {
                Type = JobReasons.UnknownMethod,
                Message = $"The job runs the program '{program}', and this worker runs no commands. Start a worker with --allow-commands for its queue '{context.Queue}'.",
            });
        }
        context.CancellationToken.ThrowIfCancellationRequested();
        using var process = new Process { StartInfo = StartInfo(content, context) };
        try
        {
            process.Start();
        }
        catch (Win32Exception exception)
        {
            return Outcomes.Failed(context.Key, JobReasons.Exited, new JobError { Type = "start", Message = $"The program '{program}' could not be started: {exception.Message}." });
        }
        var tree = new ProcessTree(process);
        using var stop = context.CancellationToken.UnsafeRegister(_ => tree.Terminate(), null);
        using var kill = context.KillToken.UnsafeRegister(_ => tree.Kill(), null);
        context.LimitLog(Limits.CommandOutputBytes);
        var tail = new OutputTail(context);
        var output = Task.WhenAll(tail.ReadAsync(process.StandardOutput), tail.ReadAsync(process.StandardError));
        await WaitForExitAsync(process, tree, context.CancellationToken);
        await ReadToEndAsync(output, process);
        return Settle(process.ExitCode, program, tail, context);
    }

    private static ProcessStartInfo StartInfo(JobContent content, JobContext context)
    {
        var info = new ProcessStartInfo(content.Command![0], content.Command.Skip(1))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var (name, value) in content.Env ?? new Dictionary<string, string>())
            info.Environment[name] = value;
        info.Environment["DIBS_JOB_ID"] = context.JobId;
        info.Environment["DIBS_ATTEMPT"] = context.Attempt.ToString(CultureInfo.InvariantCulture);
        info.Environment["DIBS_FENCE"] = context.Fence.ToString(CultureInfo.InvariantCulture);
        return info;
    }

    /// <summary>Waits for the end of the program, and from the request to stop on no longer than the grace.</summary>
    private async Task WaitForExitAsync(Process process, ProcessTree tree, CancellationToken stop)
    {
        process.StandardInput.Close();
        var exit = process.WaitForExitAsync(CancellationToken.None);
        try
        {
            await exit.WaitAsync(stop);
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAny(exit, Task.Delay(grace, time, CancellationToken.None));
            // Whether it has ended or not: what it started may still run.
            tree.Kill();
            await exit;
        }
    }

    /// <summary>A program that detached may hold our pipes open for ever; what has been written by now is enough.</summary>
    private async Task ReadToEndAsync(Task output, Process process)
    {
        try
        {
            await output.WaitAsync(OutputGrace, time);
        }
        catch (TimeoutException)
        {
            process.StandardOutput.Close();
            process.StandardError.Close();
        }
    }

    private static Settlement Settle(int code, string program, OutputTail tail, JobContext context)
    {
        var signal = code is > SignalExit and <= SignalExit + LastSignal ? code - SignalExit : (int?)null;
        var exit = signal is null ? new ExitRecord { Code = code } : new ExitRecord { Signal = signal };
        if (code == 0)
            return Outcomes.Completed(context.Key, result: null) with { Exit = exit };
        if (context.CancellationToken.IsCancellationRequested || context.KillToken.IsCancellationRequested)
            return Outcomes.Stopped(context.Key) with { Exit = exit };
        var how = signal is null ? $"exited with code {code}" : $"was ended by signal {signal}";
        return Outcomes.Failed(context.Key, JobReasons.Exited, new JobError { Type = "exit", Message = $"'{program}' {how}.", Detail = tail.Last }, exit);
    }
}
