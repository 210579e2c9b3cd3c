using System.Diagnostics;
using Dibs.Processes;

namespace Dibs.Workers;

/// <summary>
/// All that a worker has of the world besides its store: time, chance, threads, and an end. Nothing of the worker leaves
/// its thread but through here, so that under another one of these it runs on one thread, in simulated time, the same
/// way every time.
/// </summary>
internal abstract class Surroundings
{
    /// <summary>This machine.</summary>
    public static Surroundings Real { get; } = new RealSurroundings(thread: null);

    /// <summary>The clock. Its timestamps go on while the machine is suspended.</summary>
    public abstract TimeProvider Time { get; }

    /// <summary>For jitter.</summary>
    public abstract Random Random { get; }

    /// <summary>Resident memory of the processes of the worker, in bytes.</summary>
    public abstract long Memory { get; }

    /// <summary>Runs work beside the caller.</summary>
    public abstract Task Start(Func<Task> work);

    /// <summary>Runs a callback of user code beside the caller, which may block: it delays nothing, and is delayed by nothing that blocks.</summary>
    public abstract void StartAlone(Action callback);

    /// <summary>
    /// The same world for one duty that must not wait for others: what is started there, once, has a thread of its own, on which its
    /// timers fire too. User code may fill the pool of threads, and such a duty still goes on.
    /// </summary>
    public abstract Surroundings OnOwnThread(string name);

    /// <summary>So many jobs may block a thread each, and what settles and claims must not wait until there are more threads.</summary>
    public abstract void ReserveThreads(int blocking);

    /// <summary>Ends the process now, without asking anybody.</summary>
    public abstract void EndProcess();

    public Task Delay(TimeSpan time, CancellationToken cancellationToken) => Task.Delay(time, Time, cancellationToken);

    /// <summary>A time near the given one, 10 % more or less, so that workers do not act in step.</summary>
    public TimeSpan Jitter(TimeSpan time) => time * (0.9 + 0.2 * Random.NextDouble());

    private sealed class RealSurroundings(OwnThread? thread) : Surroundings
    {
        private static readonly BootTime Clock = new();

        public override TimeProvider Time => thread?.Time ?? Clock;
        public override Random Random => Random.Shared;
        public override long Memory => Environment.WorkingSet;
        public override Surroundings OnOwnThread(string name) => new RealSurroundings(new OwnThread(name, Clock));
        public override void StartAlone(Action callback) => new Thread(() => callback()) { IsBackground = true, Name = "Dibs callback" }.Start();
        public override void EndProcess() => Process.GetCurrentProcess().Kill();

        public override Task Start(Func<Task> work)
        {
            if (thread is null)
                return Task.Run(work);
            using (thread)
                return thread.Run(work);
        }

        // Beyond its minimum the pool adds about one thread in half a second, whatever waits for one.
        public override void ReserveThreads(int blocking)
        {
            ThreadPool.GetMinThreads(out var threads, out var completions);
            ThreadPool.SetMinThreads(Math.Max(threads, blocking + Environment.ProcessorCount), completions);
        }
    }

    /// <summary>System time whose timestamps count the time a machine was suspended, as a lease needs it.</summary>
    private sealed class BootTime : TimeProvider
    {
        // .NET's own timestamps are CLOCK_MONOTONIC on Linux, which stands still in a suspended machine; elsewhere the tick count goes on.
        public override long TimestampFrequency => OperatingSystem.IsLinux() ? 1_000_000_000 : 1000;

        public override long GetTimestamp() => OperatingSystem.IsLinux() ? Libc.Now() : Environment.TickCount64;
    }
}
