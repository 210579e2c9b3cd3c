using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Dibs.Tests.Sqlite;

/// <summary>A process of its own that uses a store file: the program Dibs.Tests.Child.</summary>
internal sealed partial class ChildProcess : IAsyncDisposable
{
    public const int SigKill = 9;
    public const int SigContinue = 18;
    public const int SigStop = 19;

    private readonly Process _process;

    private ChildProcess(Process process) => _process = process;

    public int Id => _process.Id;

    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public static ChildProcess Start(params string[] args)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Dibs.Tests.Child.dll"), .. args])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        return new ChildProcess(Process.Start(start)!);
    }

    /// <summary>The next line that it writes; null when it has ended.</summary>
    public Task<string?> ReadLineAsync() => _process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask();

    public void WriteLine() => _process.StandardInput.WriteLine();

    public void Signal(int signal) => Assert.Equal(0, Kill(_process.Id, signal));

    public Task WaitForExitAsync() => _process.WaitForExitAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
