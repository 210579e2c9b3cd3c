using System.ComponentModel;
using System.Diagnostics;

namespace Dibs.Processes;

/// <summary>A program that can be asked to end, and killed, with all that it started.</summary>
internal sealed class RunningProgram(Process process)
{
    private readonly ProcessTree? _tree = OperatingSystem.IsLinux() ? new ProcessTree(process.Id) : null;

    /// <summary>SIGTERM to all of it; elsewhere than on Linux nothing: it is killed when its grace is over.</summary>
    public void Terminate() => _tree?.Terminate();

    public void Kill()
    {
        if (_tree is not null)
            _tree.Kill();
        else
            KillByRuntime();
    }

    /// <summary>Takes away what has ended of it and came to this process.</summary>
    public void Reap() => _tree?.ReapAdopted();

    private void KillByRuntime()
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception failure) when (failure is InvalidOperationException or Win32Exception or AggregateException && process.HasExited)
        {
            // It ended before it could be killed.
        }
    }
}
