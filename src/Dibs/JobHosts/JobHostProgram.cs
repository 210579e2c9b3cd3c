using Dibs.Execution;
using Dibs.Faults;
using Dibs.Processes;
using Dibs.Stores;
using Microsoft.Extensions.DependencyInjection;

namespace Dibs.JobHosts;

/// <summary>What a job host does: it runs one attempt after the other, and ends with its worker.</summary>
internal sealed class JobHostProgram(HostPipes pipes, IJobExecutor executor, Leftovers leftovers, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan ReportPace = TimeSpan.FromMilliseconds(100);

    /// <summary>A program that ended and of which it is not known who waits for it stays behind as a number in use; with so many the host asks to be replaced.</summary>
    private const int MostZombies = 16;

    private readonly Lock _writing = new();
    private readonly Watchdog _watchdog = new();
    private CancellationTokenSource? _stop;
    private long _fence;

    /// <summary>Makes this process a job host, and ends it when the worker asks for that.</summary>
    public static async Task TakeOverAsync(IServiceProvider services, HostPipes pipes)
    {
        using (var program = new JobHostProgram(pipes, services.GetRequiredService<IJobExecutor>(), services.GetRequiredService<Leftovers>(), services.GetRequiredService<TimeProvider>()))
            program.Run();
        // What the services have not written yet, such as spans on their way, is written when they are disposed.
        if (services is IAsyncDisposable disposable)
            await disposable.DisposeAsync();
        Environment.Exit(0);
    }

    /// <summary>Returns when the worker asks it to leave. When the worker is gone, it kills itself and all that it started.</summary>
    public void Run()
    {
        Libc.LeadGroup();
        Libc.AdoptOrphans();
        _watchdog.Start();
        Write(new HelloFrame(Frames.Protocol));
        try
        {
            while (Frames.Read(pipes.Input) is { } frame)
            {
                if (frame is LeaveFrame)
                    return;
                Take(frame);
            }
        }
        catch (Exception failure) when (failure is IOException or InvalidDataException)
        {
            // Whatever it was: a worker that cannot be understood is as good as gone.
            Console.Error.WriteLine($"The job host ends, because what its worker says cannot be read: {failure.Message}");
        }
        Watchdog.KillEverything();
    }

    public void Dispose() => _watchdog.Dispose();

    private void Take(Frame frame)
    {
        switch (frame)
        {
            case RunFrame run:
                FaultPoint.Pass("host.run.before");
                (_stop, _fence) = (new CancellationTokenSource(), run.Fence);
                var token = _stop.Token;
                _ = Task.Run(() => RunOrCrashAsync(run, token));
                break;
            case FeedFrame feed:
                FaultPoint.Pass("host.heartbeat.before");
                _watchdog.Feed(feed.Until);
                FaultPoint.Pass("host.heartbeat.after");
                break;
            case StopFrame stop when stop.Fence == _fence:
                _ = StopAsync(_stop!);
                break;
        }
    }

    /// <summary>What the code does about it may block, and must not keep the reader from reading.</summary>
    private static async Task StopAsync(CancellationTokenSource stop)
    {
        try
        {
            FaultPoint.Pass("host.cancel.before");
            await stop.CancelAsync();
            FaultPoint.Pass("host.cancel.after");
        }
        catch (AggregateException failure)
        {
            // It becomes a line of the job's log.
            Console.Error.WriteLine($"What the job does when it is stopped threw: {failure.InnerException}");
        }
    }

    /// <summary>An error here is one of Dibs and not of the job: the host must not go on as if nothing had happened.</summary>
    private async Task RunOrCrashAsync(RunFrame run, CancellationToken stop)
    {
        try
        {
            await RunAsync(run, stop);
        }
#pragma warning disable CA1031 // Whatever it was ends the process.
        catch (Exception bug)
#pragma warning restore CA1031
        {
            Environment.FailFast("The job host failed.", bug);
        }
    }

    private async Task RunAsync(RunFrame run, CancellationToken stop)
    {
        if (!_watchdog.TryGuard(run.Until))
        {
            Write(new EndedFrame(run.Fence, SettleOutcome.Returned, IsWorn: false));
            return;
        }
        Write(new BeganFrame(run.Fence));
        var claim = new Claim { Key = new AttemptKey(run.JobId, run.Attempt, run.Fence), Method = run.Method, Content = run.Content, Queue = run.Queue };
        var changed = new Signal(time);
        var context = new JobContext(claim.Key, claim.Queue, time, changed.Set, stop, kill: CancellationToken.None);
        using var ended = new CancellationTokenSource();
        var reporting = ReportAsync(context, changed, ended.Token);
        var executing = executor.ExecuteAsync(claim, context);
        FaultPoint.Pass("host.run.during");
        var settlement = await executing;
        await leftovers.EndAsync();
        _watchdog.Rest();
        await ended.CancelAsync();
        await reporting;
        Report(context);
        FaultPoint.Pass("host.run.after");
        OutputMark.Write(run.Fence);
        Write(new EndedFrame(
            run.Fence, settlement.Outcome, IsWorn: leftovers.Zombies > MostZombies, settlement.Reason, settlement.Result?.ToArray(), settlement.Exit, settlement.Error));
        FaultPoint.Pass("host.settle.after");
    }

    private async Task ReportAsync(JobContext context, Signal changed, CancellationToken ended)
    {
        while (!ended.IsCancellationRequested)
        {
            await ((Task)changed.WaitAsync(Timeout.InfiniteTimeSpan, ended).AsTask()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Report(context);
            await Task.Delay(ReportPace, time, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Report(JobContext context)
    {
        if (context.TakeReport() is { } report)
            Write(new ReportFrame(report.Key.Fence, report.Progress, report.Created, report.Lines));
    }

    private void Write(Frame frame)
    {
        var bytes = Frames.Encode(frame);
        try
        {
            lock (_writing)
                pipes.Output.Write(bytes);
        }
        catch (IOException)
        {
            // Nobody reads it any more: the worker is gone.
            Watchdog.KillEverything();
        }
    }
}
