using System.Diagnostics;
using Dibs.Tests.Cli;
using Dibs.Tests.Sqlite;
using Dibs.Tests.Support;

namespace Dibs.Tests.Redis.Servers;

/// <summary>A server of its own on loopback, a child of this process. Gone, with its data, when it is disposed or the tests die.</summary>
public sealed class RedisServer : IAsyncDisposable
{
    private const int MostStarts = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TemporaryFolder _folder = TemporaryFolder.InMemory();
    private readonly RedisSetup _setup;
    private readonly List<string> _output = [];
    private RedisConsole _console = null!;
    private Process? _process;

    private RedisServer(RedisSetup setup) => _setup = setup;

    public int Port { get; private set; }

    public string EndPoint => $"127.0.0.1:{Port}";

    /// <summary>Where its files are.</summary>
    public string DataFolder => _folder.File("data");

    public int ProcessId => _process!.Id;

    public bool IsRunning => _process is { HasExited: false };

    /// <summary>What it wrote, all starts together.</summary>
    public string Output
    {
        get
        {
            lock (_output)
                return string.Join('\n', _output);
        }
    }

    private string ConfigurationFile => _folder.File("redis.conf");

    /// <summary>Starts a server and waits until it answers.</summary>
    public static async Task<RedisServer> StartAsync(RedisSetup? setup = null)
    {
        for (var start = 1; ; start++)
        {
            var server = new RedisServer(setup ?? new());
            Directory.CreateDirectory(server.DataFolder);
            server.Port = LoopbackPorts.Next();
            server._console = new RedisConsole(server.Port, server._setup);
            await File.WriteAllLinesAsync(server.ConfigurationFile, server._setup.Lines(server.Port, server.DataFolder), CancellationToken.None);
            try
            {
                await server.StartAgainAsync();
                return server;
            }
            catch (InvalidOperationException) when (start < MostStarts && server.Output.Contains("already in use", StringComparison.Ordinal))
            {
                // Another test run took the port in between.
                await server.DisposeAsync();
            }
            catch
            {
                await server.DisposeAsync();
                throw;
            }
        }
    }

    /// <summary>The store address of Dibs for this server, with the password and the authority's file that it needs.</summary>
    public string Address => AddressOf(
        _setup.Users is [] ? null : RedisSetup.OperatorName,
        _setup.Users is [] ? _setup.Password : RedisSetup.OperatorPassword);

    /// <summary>The store address of Dibs for one of its users.</summary>
    public string AddressOf(string? user, string? password, string options = "")
    {
        var credentials = password is null ? "" : $"{Uri.EscapeDataString(user ?? "")}:{Uri.EscapeDataString(password)}@";
        return _setup.Tls is null
            ? $"redis://{credentials}{EndPoint}{options}"
            : $"rediss://{credentials}{EndPoint}{(options is "" ? $"?ca={_setup.Tls.AuthorityFile}" : options)}";
    }

    /// <inheritdoc cref="RedisConsole.AskAsync"/>
    public Task<string> AskAsync(params string[] words) => _console.AskAsync(words);

    /// <inheritdoc cref="RedisConsole.AskAsAsync"/>
    public Task<string> AskAsAsync(string user, string password, params string[] words) => _console.AskAsAsync(user, password, words);

    /// <summary>One field of <c>INFO</c>, e.g. <c>used_memory</c>.</summary>
    public async Task<string> InfoAsync(string field)
    {
        var line = (await AskAsync("INFO", "everything")).Split("\r\n").Single(line => line.StartsWith($"{field}:", StringComparison.Ordinal));
        return line[(field.Length + 1)..];
    }

    /// <summary><c>master</c> or <c>slave</c>; empty when it does not say, as at the moment in which it becomes the other.</summary>
    public async Task<string> RoleAsync()
    {
        try
        {
            return await InfoAsync("role");
        }
        catch (IOException)
        {
            return "";
        }
    }

    /// <summary>Starts it on the same port with the data that it finds, and waits until it answers.</summary>
    public async Task StartAgainAsync()
    {
        Assert.False(IsRunning, "The server runs already.");
        var process = await ChildStarter.StartAsync(
            RedisBinary.Installed.Path, [ConfigurationFile, .. _setup.Watches is null ? Array.Empty<string>() : ["--sentinel"]]);
        process.OutputDataReceived += Keep;
        process.ErrorDataReceived += Keep;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _process = process;
        await Deadline.UntilAsync(IsReadyAsync, isReady => isReady, Patience, $"the server on port {Port} answers");
    }

    /// <summary>Asks it to end, as a service manager does, and waits until it has.</summary>
    public async Task StopAsync()
    {
        CliProcess.Signal(_process!, CliProcess.Terminate);
        await EndAsync();
    }

    /// <summary>As a power cut: it ends at once, and with it what it had not yet written.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await EndAsync();
    }

    /// <summary>It stops answering, and its connections stay open.</summary>
    public void Freeze() => CliProcess.Signal(_process!, ChildProcess.SigStop);

    public void Thaw() => CliProcess.Signal(_process!, ChildProcess.SigContinue);

    /// <summary>Copies its files as they are now, to come back to them later.</summary>
    public TemporaryFolder CopyData()
    {
        var copy = TemporaryFolder.InMemory();
        Copy(DataFolder, copy.Path);
        return copy;
    }

    /// <summary>While it is stopped: replaces its files by a copy made earlier; without one it is empty.</summary>
    public void ReplaceData(TemporaryFolder? copy)
    {
        Assert.False(IsRunning, "Stop the server before its files are replaced.");
        Directory.Delete(DataFolder, recursive: true);
        Directory.CreateDirectory(DataFolder);
        if (copy is not null)
            Copy(copy.Path, DataFolder);
    }

    public async ValueTask DisposeAsync()
    {
        if (IsRunning)
            await KillAsync();
        _folder.Dispose();
    }

    private static void Copy(string from, string to)
    {
        foreach (var folder in Directory.EnumerateDirectories(from, "*", SearchOption.AllDirectories))
            Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, folder)));
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
            File.Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)));
    }

    private async Task<bool> IsReadyAsync()
    {
        if (_process is not { HasExited: false })
            throw new InvalidOperationException($"The server did not start:\n{Output}");
        try
        {
            return await AskAsync("PING") == "PONG";
        }
        catch (Exception exception) when (exception is IOException or RedisRefusedException)
        {
            return false;
        }
    }

    /// <summary>Waits until it has ended.</summary>
    public async Task EndAsync()
    {
        await _process!.WaitForExitAsync(CancellationToken.None).WaitAsync(Patience, TimeProvider.System);
        _process.Dispose();
        _process = null;
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (_output)
            _output.Add(line.Data ?? "");
    }
}
