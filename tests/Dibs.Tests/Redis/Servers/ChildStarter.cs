using System.Collections.Concurrent;
using System.Diagnostics;

namespace Dibs.Tests.Redis.Servers;

/// <summary>
/// Starts programs that are killed when the process of the tests dies, however it dies. Linux ties that signal to the thread that
/// started the program, so one thread that lives as long as the process starts them all.
/// </summary>
internal static class ChildStarter
{
    private static readonly BlockingCollection<Action> Orders = [];

    static ChildStarter() => new Thread(Work) { IsBackground = true, Name = nameof(ChildStarter) }.Start();

    public static Task<Process> StartAsync(string program, params IEnumerable<string> arguments)
    {
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        Orders.Add(() =>
        {
            try
            {
                started.SetResult(Process.Start(new ProcessStartInfo("setpriv", ["--pdeathsig", "KILL", "--", program, .. arguments])
                {
                    RedirectStandardInput = true,
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                })!);
            }
            catch (System.ComponentModel.Win32Exception exception)
            {
                started.SetException(exception);
            }
        });
        return started.Task;
    }

    private static void Work()
    {
        foreach (var order in Orders.GetConsumingEnumerable())
            order();
    }
}
