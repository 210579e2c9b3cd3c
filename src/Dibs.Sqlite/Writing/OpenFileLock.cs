using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Dibs.Sqlite.Writing;

/// <summary>Locks on ranges of an open file of Linux (fcntl(2), "open file description locks"), for x64 and arm64.</summary>
internal static partial class OpenFileLock
{
    public const int Set = 37;
    public const int SetAndWait = 38;
    public const short WriteLock = 1;
    public const short Unlock = 2;
    public const int Interrupted = 4;
    public const int TryAgain = 11;
    public const int NoAccess = 13;

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    public static partial int Control(SafeFileHandle file, int command, ref Range range);

    /// <summary>struct flock; the process id must be 0.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Range
    {
        public short Type;
        public short Whence;
        public long Start;
        public long Length;
        public int ProcessId;
    }
}
