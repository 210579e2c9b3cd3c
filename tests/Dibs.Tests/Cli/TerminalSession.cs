using System.Diagnostics;
using System.Text;

namespace Dibs.Tests.Cli;

/// <summary>An interactive shell on a terminal of its own, in which <c>dibs</c> is the command line: what one types, and what one sees.</summary>
internal sealed class TerminalSession : IDisposable
{
    // Only so that a test that hangs ends.
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly Process _script;
    private readonly StringBuilder _seen = new();
    private int _read;

    public TerminalSession(CliProcess cli)
    {
        var info = new ProcessStartInfo("script", ["-qefc", "bash --norc --noprofile -i", "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = cli.Directory,
            StandardInputEncoding = new UTF8Encoding(false),
        };
        foreach (var (name, value) in cli.Variables)
            info.Environment[name] = value;
        info.Environment["TERM"] = "xterm";
        info.Environment["PATH"] = $"{Path.GetDirectoryName(cli.Launcher)}:{Environment.GetEnvironmentVariable("PATH")}";
        _script = Process.Start(info)!;
    }

    /// <summary>All that the terminal was sent.</summary>
    public string Seen => _seen.ToString();

    public void Type(string keys)
    {
        _script.StandardInput.Write(keys);
        _script.StandardInput.Flush();
    }

    /// <summary>Waits for this text behind that for which was waited before.</summary>
    public async Task UntilAsync(string text)
    {
        using var timeout = new CancellationTokenSource(Deadline, TimeProvider.System);
        var buffer = new char[4096];
        int at;
        while ((at = Seen.IndexOf(text, _read, StringComparison.Ordinal)) < 0)
        {
            var count = await _script.StandardOutput.ReadAsync(buffer, timeout.Token);
            if (count == 0)
                throw new InvalidOperationException($"The shell ended before it showed '{text}': {Seen}");
            _seen.Append(buffer, 0, count);
        }
        _read = at + text.Length;
    }

    public void Dispose()
    {
        _script.Kill(entireProcessTree: true);
        _script.Dispose();
    }
}
