using System.Diagnostics;
using System.Globalization;
using Dibs.Tests.Cli;
using Dibs.Tests.Support;

namespace Dibs.Tests.Crash;

/// <summary>When the code of one job ran, in ticks of the monotonic clock; without an end if its process died meanwhile.</summary>
internal sealed record Visit(string JobId, long Began, long? Ended);

/// <summary>A process <c>dibs worker</c> with the jobs of the application Witness.</summary>
internal sealed class CrashWorker : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly string _folder;
    private readonly string _sheets;
    private readonly List<string> _log = [];

    /// <param name="name">Its name.</param>
    /// <param name="process">The worker.</param>
    /// <param name="folder">Where its jobs put down that they ran.</param>
    /// <param name="witness">What begins the names of the files there.</param>
    public CrashWorker(string name, Process process, string folder, string witness)
    {
        Name = name;
        _process = process;
        (_folder, _sheets) = (folder, $"{witness}-*.attendance");
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, line) =>
        {
            lock (_log)
                _log.Add(line.Data ?? "");
        };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public string Name { get; }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>When it was killed, by the clock that the store uses.</summary>
    public DateTimeOffset? KilledAt { get; private set; }

    /// <summary>When it was surely dead, in ticks of the monotonic clock.</summary>
    public long? DeadAt { get; private set; }

    /// <summary>What it wrote on its standard error.</summary>
    public string Log
    {
        get
        {
            lock (_log)
                return string.Join('\n', _log);
        }
    }

    /// <summary>What the jobs put down that ran in it, in the order in which they began.</summary>
    public IReadOnlyList<Visit> Visits
    {
        get
        {
            var visits = new Dictionary<string, Visit>(StringComparer.Ordinal);
            foreach (var words in Lines().Select(line => line.Split(' ')))
            {
                var at = long.Parse(words[2], CultureInfo.InvariantCulture);
                if (words[0] == "began")
                    visits.Add(words[1], new Visit(words[1], at, Ended: null));
                else
                    visits[words[1]] = visits[words[1]] with { Ended = at };
            }
            return [.. visits.Values];
        }
    }

    public bool IsInMidJob => Visits.Any(visit => visit.Ended is null);

    public async Task KillAsync()
    {
        KilledAt = TimeProvider.System.GetUtcNow();
        _process.Kill();
        await WaitForExitAsync();
    }

    /// <summary>Returns when all of its threads stand still: until each has heard of the signal, it goes on.</summary>
    public Task FreezeAsync()
    {
        CliProcess.Signal(_process, Sqlite.ChildProcess.SigStop);
        return Deadline.UntilAsync(() => Directory.EnumerateDirectories($"/proc/{Id}/task").All(IsStopped), Patience, $"worker '{Name}' stands still");
    }

    public void Thaw() => CliProcess.Signal(_process, Sqlite.ChildProcess.SigContinue);

    public void Terminate() => CliProcess.Signal(_process, CliProcess.Terminate);

    /// <summary>Lets it drain; 0 if it ended well.</summary>
    public async Task<int> StopAsync()
    {
        Terminate();
        await WaitForExitAsync();
        return ExitCode;
    }

    public async Task WaitForExitAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience, TimeProvider.System);
        DeadAt ??= Stopwatch.GetTimestamp();
    }

    public Task UntilItSaysAsync(string text) =>
        Deadline.UntilAsync(() => Task.FromResult(Log), log => log.Contains(text, StringComparison.Ordinal), Patience, $"worker '{Name}' says '{text}'");

    // Its state stands behind its name in parentheses: proc(5).
    private static bool IsStopped(string thread) => File.ReadAllText(Path.Combine(thread, "stat")).Contains(") T ", StringComparison.Ordinal);

    private string[] Lines()
    {
        return [.. Directory.EnumerateFiles(_folder, _sheets).SelectMany(sheet =>
        {
            using var reader = new StreamReader(new FileStream(sheet, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
            return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        })];
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
