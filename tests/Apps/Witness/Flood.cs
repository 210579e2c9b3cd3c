using System.Diagnostics;
using Dibs;

namespace Witness;

/// <summary>Jobs that take from their process what everything in it needs.</summary>
public static class Flood
{
    /// <summary>
    /// Fills the pool of threads with work that blocks until the job ends. Returns how much of the work had no thread by then:
    /// the pool was full all the time if that is not 0.
    /// </summary>
    public static int Block(int works, int milliseconds, JobContext context)
    {
        using var over = new ManualResetEventSlim();
        using var ended = new CountdownEvent(works);
        var begun = 0;
        for (var n = 0; n < works; n++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(_ =>
            {
                Interlocked.Increment(ref begun);
                over.Wait();
                ended.Signal();
            }, null);
        }
        var isStopped = context.CancellationToken.WaitHandle.WaitOne(milliseconds);
        var waited = works - Volatile.Read(ref begun);
        over.Set();
        ended.Wait();
        context.CancellationToken.ThrowIfCancellationRequested();
        return isStopped ? 0 : waited;
    }

    /// <summary>
    /// Stands all threads of the process still for half of the time, to collect a heap full of small objects, and makes garbage in the other
    /// half. Returns the longest pause in milliseconds.
    /// </summary>
    public static double Collect(int megabytes, int milliseconds, JobContext context)
    {
        const int ObjectBytes = 24;
        const int ObjectsPerMegabyte = 1024 * 1024 / ObjectBytes;
        var clock = Stopwatch.StartNew();
        var heap = Enumerable.Range(0, megabytes * ObjectsPerMegabyte).Select(_ => new object()).ToArray();
        var longest = TimeSpan.Zero;
        while (clock.ElapsedMilliseconds < milliseconds)
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            var (pausedBefore, garbage) = (GC.GetTotalPauseDuration(), Stopwatch.StartNew());
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
            var pause = GC.GetTotalPauseDuration() - pausedBefore;
            longest = pause > longest ? pause : longest;
            while (garbage.Elapsed < pause * 2)
                heap[^1] = new object();
        }
        GC.KeepAlive(heap);
        return longest.TotalMilliseconds;
    }
}
