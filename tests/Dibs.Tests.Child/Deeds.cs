using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Dibs.Tests.Child;

/// <summary>What jobs do in a job host, good and bad.</summary>
public static class Deeds
{
    public static int Add(int a, int b) => a + b;

    public static int Pid() => Environment.ProcessId;

    public static void Throw(string message) => throw new InvalidOperationException(message);

    public static void Say(string text, string error)
    {
        Console.WriteLine(text);
        Console.Error.WriteLine(error);
        Console.Write("and no end of the line");
    }

    public static void SayMuch(int lines)
    {
        for (var i = 1; i <= lines; i++)
            Console.WriteLine($"line {i} {new string('x', 90)}");
    }

    public static void SayBytes(int count)
    {
        var bytes = new byte[count];
        new Random(1).NextBytes(bytes);
        Console.OpenStandardOutput().Write(bytes);
    }

    public static async Task Report(int count, JobContext job)
    {
        var phase = job.Progress("Counting", total: count);
        for (var i = 0; i < count; i++)
        {
            phase.Increment();
            await Task.Yield();
        }
        job.Created("thing:1");
    }

    public static async Task Obey(CancellationToken stop)
    {
        Console.WriteLine("waiting");
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);
    }

    /// <summary>Ignores its token, and never gives its thread back.</summary>
    public static void Spin()
    {
        Console.WriteLine("spinning");
        while (true)
        {
        }
    }

    public static void Exit(int code) => Environment.Exit(code);

    public static void FailFast() => Environment.FailFast("This process has had enough.");

    public static int Overflow(int depth) => depth < 0 ? 0 : Overflow(depth + 1) + Overflow(depth + 2);

    public static void Signal(int signal) => _ = Kill(Environment.ProcessId, signal);

    /// <summary>Takes memory and touches it, until it is stopped from outside.</summary>
    public static void Grab()
    {
        var grabbed = new List<byte[]>();
        while (true)
        {
            var block = new byte[16 << 20];
            Array.Fill(block, (byte)1);
            grabbed.Add(block);
        }
    }

    /// <summary>Closes the pipe by which the host speaks to its worker, as a job that closes every file does.</summary>
    public static async Task CloseFiles()
    {
        for (var file = 3; file < 256; file++)
        {
            if (File.ResolveLinkTarget($"/proc/self/fd/{file}", returnFinalTarget: false)?.Name.StartsWith("pipe:", StringComparison.Ordinal) == true)
                _ = Close(file);
        }
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, CancellationToken.None);
    }

    /// <summary>Closes what it writes to.</summary>
    public static void CloseOutput()
    {
        _ = Close(1);
        _ = Close(2);
    }

    /// <summary>
    /// Starts a program that ignores every signal it can, and one that detaches twice, and writes their numbers into the file; then
    /// returns, or waits.
    /// </summary>
    public static async Task StartPrograms(string file, bool wait)
    {
        using var shell = Process.Start("sh", ["-c", $"""
            (trap '' TERM INT HUP QUIT; while :; do sleep 0.1; done) &
            echo $! >> '{file}.pids'
            setsid sh -c "setsid sh -c 'echo \$\$ >> {file}.pids; exec sleep 1000' &"
            while [ "$(wc -l < '{file}.pids')" -lt 2 ]; do sleep 0.01; done
            mv '{file}.pids' '{file}'
            """]);
        await shell.WaitForExitAsync();
        if (wait)
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, CancellationToken.None);
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int pid, int signal);

    [DllImport("libc", EntryPoint = "close")]
    private static extern int Close(int file);
}
