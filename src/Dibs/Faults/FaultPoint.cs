using System.Diagnostics;
#if FAULT_POINTS
using System.Globalization;
using Dibs.Processes;
#endif
using Dibs.Stores;

namespace Dibs.Faults;

/// <summary>
/// Points at which a process can be told to kill or to freeze itself or another one, to see what becomes of the jobs. They are there
/// in builds with the constant FAULT_POINTS alone (configuration Debug): in all others the calls are left out, and these methods
/// do nothing.
/// </summary>
/// <remarks>
/// <c>DIBS_FAULT=POINT SIGNAL PID FILE</c>: whoever passes POINT while FILE is there renames it to FILE.fired, which only one process can,
/// and sends SIGNAL to PID, or to itself if that is 0.
/// </remarks>
internal static class FaultPoint
{
#if FAULT_POINTS
    private static readonly Fault? Ordered = Fault.Read();
    private static readonly AsyncLocal<string[]?> Steps = new();
#endif

    /// <summary>The process is here.</summary>
    [Conditional("FAULT_POINTS")]
    public static void Pass(string point)
    {
#if FAULT_POINTS
        if (Ordered?.Point == point)
            Ordered.Fire();
#endif
    }

    /// <summary>The steps that this flow asks of the store are under way there.</summary>
    [Conditional("FAULT_POINTS")]
    public static void PassSteps()
    {
#if FAULT_POINTS
        PassAll(Steps.Value, "during");
#endif
    }

    /// <summary>A step of a transaction passes its points when it has made its changes, and before they are stored.</summary>
    [Conditional("FAULT_POINTS")]
    public static void PassSteps<TIn, TOut>(ref Func<TIn, TOut> step)
    {
#if FAULT_POINTS
        var (run, names) = (step, Steps.Value);
        step = input =>
        {
            var output = run(input);
            PassAll(names, "during");
            return output;
        };
#endif
    }

    /// <summary>What is asked of this store passes points before and after.</summary>
    [Conditional("FAULT_POINTS")]
    public static void Watch(ref IJobStore store)
    {
#if FAULT_POINTS
        if (Ordered is not null)
            store = new WatchedStore(store);
#endif
    }

#if FAULT_POINTS
    /// <summary>From here on this flow asks for these steps.</summary>
    public static void Begin(string[] steps)
    {
        PassAll(steps, "before");
        Steps.Value = steps;
    }

    /// <summary>They were answered.</summary>
    public static void End(string[] steps) => PassAll(steps, "after");

    private static void PassAll(string[]? steps, string when)
    {
        if (Ordered is null || steps is null)
            return;
        foreach (var step in steps)
            Pass($"{step}.{when}");
    }

    private sealed record Fault(string Point, int Signal, int Pid, string Trigger)
    {
        public static Fault? Read() => Environment.GetEnvironmentVariable("DIBS_FAULT")?.Split(' ', 4) is [var point, var signal, var pid, var trigger]
            ? new(point, int.Parse(signal, CultureInfo.InvariantCulture), int.Parse(pid, CultureInfo.InvariantCulture), trigger)
            : null;

        public void Fire()
        {
            try
            {
                File.Move(Trigger, $"{Trigger}.fired");
            }
            catch (FileNotFoundException)
            {
                return;
            }
            _ = Libc.Kill(Pid == 0 ? Environment.ProcessId : Pid, Signal);
        }
    }
#endif
}
