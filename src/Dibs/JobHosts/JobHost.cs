using System.Diagnostics;
using System.IO.Pipes;
using System.Threading.Channels;
using Dibs.Faults;
using Dibs.Processes;
using Dibs.Stores;
using Dibs.Telemetry;
using Dibs.Workers;
using Microsoft.Extensions.Logging;

namespace Dibs.JobHosts;

/// <summary>A job host as its worker sees it: a child process that runs one attempt at a time, and that can be killed with all that it started.</summary>
internal sealed class JobHost
{
    private static readonly TimeSpan ReadPatience = TimeSpan.FromSeconds(1);

    private readonly Process _process;
    private readonly ProcessTree _tree;
    private readonly Stream _input;
    private readonly Stream _output;
    private readonly Channel<Frame> _outgoing = Channel.CreateUnbounded<Frame>(new UnboundedChannelOptions { SingleReader = true });
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _retired = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HostOutput _said;
    private readonly Orphans _orphans;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private HostedRun? _run;
    private long _until;
    private int _feeding;

    private JobHost(Process process, Stream input, Stream output, Orphans orphans, TimeProvider time, ILogger logger)
    {
        (_process, _input, _output, _orphans, _time, _logger) = (process, input, output, orphans, time, logger);
        Pid = process.Id;
        _tree = new ProcessTree(process.Id);
        _said = new HostOutput(line => logger.HostSaid(Pid, line));
        process.StandardInput.Close();
        Gone = LiveAsync();
    }

    public int Pid { get; }

    /// <summary>It has the application loaded, and waits for a job.</summary>
    public Task Ready => _ready.Task;

    /// <summary>Nothing of it is left, nor of what it started. With its exit code.</summary>
    public Task<int> Gone { get; }

    /// <summary>Attempts it has begun.</summary>
    public int Attempts { get; private set; }

    /// <summary>It can be given an attempt.</summary>
    public bool IsUsable => !Retired.IsCompleted;

    /// <summary>It is to be replaced, or gone.</summary>
    public Task Retired => _retired.Task;

    /// <summary>The end of its output.</summary>
    public string? LastWords => _said.Last;

    public static JobHost Start(HostCommand command, Orphans orphans, TimeProvider time, ILogger logger) =>
        orphans.Start(() => StartAlone(command, orphans, time, logger));

    /// <summary>Runs one attempt, and returns when nothing of it is left.</summary>
    public async Task<Settlement> RunAsync(Claim claim, JobContext context)
    {
        var run = _run = new HostedRun(claim, context);
        Attempts++;
        _said.Begin(claim.Key.Fence, run.Output);
        Post(new RunFrame(claim.Key.JobId, claim.Key.Attempt, claim.Key.Fence, claim.Queue, claim.Content.ToArray(), Volatile.Read(ref _until), claim.Method));
        using var stop = context.CancellationToken.UnsafeRegister(_ => Post(new StopFrame(claim.Key.Fence)), null);
        using var kill = context.KillToken.UnsafeRegister(_ => Kill(), null);
        await Task.WhenAny(run.Ended, Gone);
        await _said.EndAsync(_time);
        return run.Ended.IsCompletedSuccessfully ? await run.Ended : run.Crashed(await Gone, wasStarved: IsStarved);
    }

    /// <summary>The lease is good until then.</summary>
    public void Feed(long until)
    {
        Volatile.Write(ref _until, until);
        // One that stands still reads nothing: what waits for it must not grow.
        if (Interlocked.Exchange(ref _feeding, 1) == 0)
            Post(new FeedFrame(until));
    }

    /// <summary>Kills it and all that it started, before this returns.</summary>
    public void Kill()
    {
        Retire();
        _ = _tree.Kill();
    }

    /// <summary>It gets no more attempts.</summary>
    public void Retire() => _retired.TrySetResult();

    /// <summary>As <see cref="Kill"/>, for its use of memory.</summary>
    public void KillForMemory(long bytes, long most)
    {
        _run?.ExceededMemory(bytes, most);
        Kill();
    }

    /// <summary>Asks it to end in good order; call it only while it runs nothing.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> LeaveAsync(TimeSpan patience)
    {
        Retire();
        Post(new LeaveFrame());
        await ((Task)Gone).WaitAsync(patience, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!Gone.IsCompleted)
            Kill();
        return await Gone;
    }

    /// <summary>It was not told in time that the lease is good, so it may have killed itself.</summary>
    private bool IsStarved => _time.GetTimestamp() >= Volatile.Read(ref _until);

    private static JobHost StartAlone(HostCommand command, Orphans orphans, TimeProvider time, ILogger logger)
    {
        var input = new AnonymousPipeServerStream(PipeDirection.Out, HandleInheritability.Inheritable);
        var output = new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.Inheritable);
        try
        {
            var pipes = HostPipes.Name(input.GetClientHandleAsString(), output.GetClientHandleAsString());
            return new JobHost(Process.Start(command.StartInfo(pipes, orphans.Mark))!, input, output, orphans, time, logger);
        }
        catch
        {
            input.Dispose();
            output.Dispose();
            throw;
        }
        finally
        {
            input.DisposeLocalCopyOfClientHandle();
            output.DisposeLocalCopyOfClientHandle();
        }
    }

    private void Post(Frame frame) => _outgoing.Writer.TryWrite(frame);

    private async Task<int> LiveAsync()
    {
        var reading = Task.Factory.StartNew(Read, TaskCreationOptions.LongRunning);
        // An application may fill the pool of threads, and its hosts are to hear all the same that the lease is good.
        using var writer = new OwnThread("Dibs host feed", _time);
        var writing = writer.Run(WriteAsync);
        var output = _said.ReadAsync(_process.StandardOutput, _process.StandardError);
        await _process.WaitForExitAsync();
        Retire();
        _orphans.Forget(Pid);
        await _orphans.EndAsync(_tree);
        _outgoing.Writer.TryComplete();
        // A program that the application started at the same instant may have inherited the pipes: what was written is read by now.
        await Task.WhenAll(reading, writing, output).WaitAsync(ReadPatience, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var code = _process.ExitCode;
        _process.Dispose();
        await _input.DisposeAsync();
        await _output.DisposeAsync();
        return code;
    }

    private async Task WriteAsync()
    {
        try
        {
            // Each of these awaits comes back to the thread, which ReadAllAsync and WriteAsync do not.
            while (await _outgoing.Reader.WaitToReadAsync())
            {
                while (_outgoing.Reader.TryRead(out var frame))
                    Write(frame);
            }
        }
        catch (IOException)
        {
            // It has ended: what that means for its attempt, its end says.
        }
    }

    private void Write(Frame frame)
    {
        if (frame is FeedFrame)
            Volatile.Write(ref _feeding, 0);
        _input.Write(Frames.Encode(frame is FeedFrame ? new FeedFrame(Volatile.Read(ref _until)) : frame));
    }

    /// <summary>Takes what it says, until its end. One that speaks anything else is killed.</summary>
    private void Read()
    {
        try
        {
            while (Frames.Read(_output) is { } frame)
                Take(frame);
        }
#pragma warning disable CA1031 // Whatever it was: a host to which nobody listens must not go on.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            _logger.HostSpeaksGarbage(Pid, failure.Message);
            Kill();
        }
    }

    private void Take(Frame frame)
    {
        switch (frame)
        {
            case HelloFrame { Protocol: Frames.Protocol }:
                _ready.TrySetResult();
                break;
            case BeganFrame began when _run is { } run && run.Fence == began.Fence:
                run.HasBegun = true;
                FaultPoint.Pass("run.during");
                break;
            case ReportFrame report when _run is { } run && run.Fence == report.Fence:
                run.Context.Relay(report.Progress, report.Created, report.Lines);
                break;
            case EndedFrame ended when _run is { } run && run.Fence == ended.Fence:
                if (ended.IsWorn)
                    Retire();
                run.End(ended);
                break;
            default:
                throw new InvalidDataException($"It said '{frame.GetType().Name}', which it has no reason to say now.");
        }
    }
}
