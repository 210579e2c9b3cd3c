using System.Runtime.InteropServices;

namespace Dibs.Cli.Working;

/// <summary>The file mode creation mask of this process.</summary>
internal static class ProcessMask
{
    /// <exception cref="DibsConfigurationException">There is none on this platform.</exception>
    public static void Set(int mask)
    {
        if (OperatingSystem.IsWindows())
            throw new DibsConfigurationException("umask", "--umask has no meaning on Windows; leave it out");
        _ = Umask((uint)mask);
    }

    [DllImport("libc", EntryPoint = "umask")]
    private static extern uint Umask(uint mask);
}
