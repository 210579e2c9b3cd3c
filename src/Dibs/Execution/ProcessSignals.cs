using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Dibs.Execution;

/// <summary>How a program is asked to end, and how it is made to.</summary>
internal static partial class ProcessSignals
{
    private const int Sigterm = 15;

    /// <summary>SIGTERM; on Windows, where there is none, nothing: the grace passes and the program is killed.</summary>
    public static void Terminate(Process process)
    {
        if (!OperatingSystem.IsWindows() && !process.HasExited)
            _ = Kill(process.Id, Sigterm);
    }

    /// <summary>SIGKILL to the program and all that it started and that still hangs on to it.</summary>
    public static void KillTree(Process process)
    {
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int Kill(int pid, int signal);
}
