using System.Runtime.InteropServices;

namespace Dibs.Processes;

/// <summary>What the system can do with processes and .NET does not offer. Linux only.</summary>
internal static class Libc
{
    public const int Sigkill = 9;
    public const int Sigterm = 15;
    public const int Sigstop = 19;

    private const int NoChild = 10; // ECHILD
    private const int SetChildSubreaper = 36; // PR_SET_CHILD_SUBREAPER of linux/prctl.h
    private const int SetFileFlags = 2; // F_SETFD
    private const int CloseOnExec = 1; // FD_CLOEXEC
    private const int AllChildren = 0; // P_ALL
    private const int NoHang = 1; // WNOHANG
    private const int Exited = 4; // WEXITED
    private const int NoWait = 0x01000000; // WNOWAIT: look, and leave it
    private const int BootTime = 7; // CLOCK_BOOTTIME
    private const int Absolute = 1; // TIMER_ABSTIME
    private const int SiginfoBytes = 128;

    /// <summary>Makes this process the leader of a group of its own.</summary>
    public static void LeadGroup() => Check(SetProcessGroup(0, 0), "setpgid");

    /// <summary>What was started below this process and lost its parent becomes a child of this process, whatever session it made.</summary>
    public static void AdoptOrphans() => Check(Control(SetChildSubreaper, 1, 0, 0, 0), "prctl");

    /// <summary>Programs that this process starts do not inherit the file.</summary>
    public static void CloseOnExecute(int file) => Check(ControlFile(file, SetFileFlags, CloseOnExec), "fcntl");

    /// <summary>Whether this process has any child, ended or not. One call of the system.</summary>
    public static bool HasChildren() =>
        WaitId(AllChildren, 0, new byte[SiginfoBytes], Exited | NoHang | NoWait) == 0 || Marshal.GetLastPInvokeError() != NoChild;

    /// <summary>Takes away what is left of a child that has ended. No effect if it has not, or is no child.</summary>
    public static void Reap(int pid) => _ = WaitPid(pid, out _, NoHang);

    /// <summary>Kills the group of this process, itself included.</summary>
    public static void KillOwnGroup() => _ = Kill(0, Sigkill);

    /// <summary>Sleeps until the clock that goes on in suspend has come so far; a machine that wakes later wakes this at once.</summary>
    public static void SleepUntil(long bootTimeNanoseconds)
    {
        var at = new TimeSpec(bootTimeNanoseconds);
        // It ends early at a signal; whoever sleeps looks again.
        _ = Sleep(BootTime, Absolute, at, nint.Zero);
    }

    /// <summary>Nanoseconds of the clock that goes on in suspend, the same in every process of this machine.</summary>
    public static long Now()
    {
        Check(ReadClock(BootTime, out var time), "clock_gettime");
        return time.Nanoseconds;
    }

    private static void Check(int result, string function)
    {
        if (result != 0)
            throw new InvalidOperationException($"{function} failed with error {Marshal.GetLastPInvokeError()}.");
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static extern int Kill(int pid, int signal);

    [DllImport("libc", EntryPoint = "setpgid", SetLastError = true)]
    private static extern int SetProcessGroup(int pid, int group);

    [DllImport("libc", EntryPoint = "prctl", SetLastError = true)]
    private static extern int Control(int option, nuint first, nuint second, nuint third, nuint fourth);

    [DllImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static extern int ControlFile(int file, int command, nint argument);

    [DllImport("libc", EntryPoint = "waitid", SetLastError = true)]
    private static extern int WaitId(int kind, int id, [Out] byte[] info, int options);

    [DllImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    private static extern int WaitPid(int pid, out int status, int options);

    [DllImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    private static extern int ReadClock(int clock, out TimeSpec time);

    [DllImport("libc", EntryPoint = "clock_nanosleep")]
    private static extern int Sleep(int clock, int flags, in TimeSpec until, nint left);

    private readonly struct TimeSpec(long nanoseconds)
    {
        private const long Second = 1_000_000_000;
        private readonly nint _seconds = (nint)(nanoseconds / Second);
        private readonly nint _rest = (nint)(nanoseconds % Second);

        public long Nanoseconds => _seconds * Second + _rest;
    }
}
