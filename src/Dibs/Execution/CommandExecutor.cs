using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Dibs.Jobs;
using Dibs.Processes;
using Dibs.Stores;

namespace Dibs.Execution;

/// <summary>
/// Runs a program as a job: exit code 0 completes it. Asked to stop it gets SIGTERM, and when it is to be killed, it and all that it
/// started. Its output becomes log lines, of which the last 64 KiB are kept.
/// </summary>
/// <param name="allowed">Whether this worker runs commands at all.</param>
/// <param name="time">For the limit of waiting for output.</param>
/// <param name="leftovers">What ends all that this process started, where nothing else may run beside the program; null elsewhere.</param>
internal sealed class CommandExecutor(bool allowed, TimeProvider time, Leftovers? leftovers = null)
{
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
        var running = new RunningProgram(process);
        using var stop = context.CancellationToken.UnsafeRegister(_ => running.Terminate(), null);
        using var kill = context.KillToken.UnsafeRegister(_ => running.Kill(), null);
        context.LimitLog(Limits.CommandOutputBytes);
        var tail = new OutputTail(context.Log);
        var output = Task.WhenAll(tail.ReadAsync(process.StandardOutput), tail.ReadAsync(process.StandardError));
        process.StandardInput.Close();
        await process.WaitForExitAsync(CancellationToken.None);
        // A shell that was asked to end may have left behind what it started.
        if (context.CancellationToken.IsCancellationRequested)
            running.Kill();
        if (leftovers is not null)
            await leftovers.EndAsync();
        running.Reap();
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
        var exit = ProcessExit.Of(code);
        if (code == 0)
            return Outcomes.Completed(context.Key, result: null) with { Exit = exit };
        if (context.CancellationToken.IsCancellationRequested || context.KillToken.IsCancellationRequested)
            return Outcomes.Stopped(context.Key) with { Exit = exit };
        var how = exit.Signal is { } signal ? $"was ended by signal {signal}" : $"exited with code {code}";
        return Outcomes.Failed(context.Key, JobReasons.Exited, new JobError { Type = "exit", Message = $"'{program}' {how}.", Detail = tail.Last }, exit);
    }
}
