using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Dibs.Tests.Cli;

/// <summary>Runs the command line as processes of its own on a SQLite file, in a directory that is removed afterwards.</summary>
internal sealed class CliProcess : IDisposable
{
    public const int Interrupt = 2;
    public const int Terminate = 15;

    private const int Continue = 18;

    // Only so that a test that hangs ends; nothing is expected to take so long.
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);

    private static readonly string Artifacts = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", ".."));

    public CliProcess() => Variables["DIBS_STORE"] = $"sqlite:{Path.Combine(Directory, "jobs.db")}";

    public static string Program { get; } = Path.Combine(Artifacts, "Dibs.Cli", "release", "Dibs.Cli.dll");

    /// <summary>The build in which processes can be told to die at a named point.</summary>
    public static string ProgramWithFaultPoints { get; } = Path.Combine(Artifacts, "Dibs.Cli", "debug", "Dibs.Cli.dll");

    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("dibs-cli-").FullName;

    public Dictionary<string, string?> Variables { get; } = new()
    {
        ["DIBS_APP"] = null,
        ["DIBS_NAMESPACE"] = null,
        ["DIBS_SETTINGS"] = null,
        ["DIBS_REDIS_PASSWORD"] = null,
        ["NO_COLOR"] = null,
        ["JOURNAL_STREAM"] = null,
        ["NOTIFY_SOCKET"] = null,
        ["WATCHDOG_USEC"] = null,
        ["WATCHDOG_PID"] = null,
    };

    public static string App(string name) => Path.Combine(Artifacts, name, "release", $"{name}.dll");

    public string File(string name) => Path.Combine(Directory, name);

    public async Task<CliResult> RunAsync(params string[] words)
    {
        using var process = Start(words);
        return await EndAsync(process);
    }

    /// <summary>The program <c>dibs</c>, in a directory of its own.</summary>
    public string Launcher => field ??= MakeLauncher();

    public Process Start(params string[] words) => Start("dotnet", [Program, .. words]);

    /// <summary>A line of shell, in which <c>dibs</c> is the command line: a program, which the shell can leave in the background as no function of it.</summary>
    public async Task<CliResult> ShellAsync(string script)
    {
        using var process = Start("bash", ["-c", $"PATH='{Path.GetDirectoryName(Launcher)}':$PATH\n{script}"]);
        return await EndAsync(process);
    }

    public static async Task<CliResult> EndAsync(Process process)
    {
        using var timeout = new CancellationTokenSource(Deadline, TimeProvider.System);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(timeout.Token), process.StandardError.ReadToEndAsync(timeout.Token));
        try
        {
            await process.WaitForExitAsync(timeout.Token);
            return new CliResult(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"The command line did not end within {Deadline}.");
        }
    }

    /// <summary>Waits until a verb says what is expected.</summary>
    public async Task<CliResult> UntilAsync(Func<CliResult, bool> expected, params string[] words)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var result = await RunAsync(words);
            if (expected(result))
                return result;
            if (TimeProvider.System.GetElapsedTime(began) > Deadline)
                throw new TimeoutException($"dibs {string.Join(' ', words)} still says: {result.Exit} {result.Out}{result.Error}");
        }
    }

    public Task<CliResult> UntilStateAsync(string id, string state) => UntilAsync(result => result.Out.Trim() == state, "job", id, "--quiet");

    public static void Signal(Process process, int signal) => Assert.True(TrySignal(process.Id, signal));

    /// <summary>False if it has ended.</summary>
    public static bool TrySignal(int pid, int signal) => Kill(pid, signal) == 0;

    /// <summary>Lets a stopped process go on. One that was not stopped may have ended: in an orphaned process group SIGTSTP stops nobody.</summary>
    public static void Resume(Process process) => _ = Kill(process.Id, Continue);

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);

    public Process Start(string program, IEnumerable<string> words)
    {
        var info = new ProcessStartInfo(program, words) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, WorkingDirectory = Directory };
        foreach (var (name, value) in Variables)
            info.Environment[name] = value;
        var process = Process.Start(info)!;
        process.StandardInput.Close();
        return process;
    }

    private string MakeLauncher()
    {
        var path = Path.Combine(System.IO.Directory.CreateDirectory(File("bin")).FullName, "dibs");
        System.IO.File.WriteAllText(path, $"#!/bin/sh\nexec dotnet '{Program}' \"$@\"\n");
        if (!OperatingSystem.IsWindows())
            System.IO.File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int Kill(int pid, int signal);
}
