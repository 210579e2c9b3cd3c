using Dibs;
using FileRepository.Storing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Spectre.Console;

namespace FileRepository.Demo;

/// <summary>The whole demo in one process: the remotes, and a host with client and worker.</summary>
internal sealed class DemoRun(IAnsiConsole console, string directory, DemoStore store)
{
    private const int Slots = 4;

    private readonly string _files = Path.Combine(directory, "files");

    /// <summary>True if everything was as it should be.</summary>
    /// <exception cref="DemoException">The demo cannot run here.</exception>
    /// <exception cref="OperationCanceledException">It was interrupted; what ran was stopped.</exception>
    public async Task<bool> RunAsync()
    {
        using var alone = Remake(directory);
        using var host = Build();
        var stopping = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        var remotes = host.Services.GetRequiredService<Remotes>();
        var sets = await SourceFiles.FindAsync(stopping);
        foreach (var (remote, set) in sets)
            remotes.Add(remote, set);

        // Not in the host of the worker: that is stopped first, so that an interrupted sync does not fail for want of its remote.
        await using var server = await remotes.ServeAsync();
        var scenario = new Scenario(host.Services.GetRequiredService<IJobClient>(), remotes);
        bool good;
        await host.StartAsync();
        try
        {
            await scenario.EnqueueAsync();
            Introduce(scenario.Jobs.Count, sets);
            good = await ShowAsync(host.Services, scenario, stopping);
        }
        finally
        {
            await host.StopAsync();
        }
        new Summary(console).Next(_files, store, await scenario.LeaveTwoAsync());
        return good;
    }

    private IHost Build()
    {
        var builder = Host.CreateEmptyApplicationBuilder(settings: null);
        // The screen is for the jobs; only what the worker cannot mend by itself is said beside it.
        builder.Logging.AddSimpleConsole().AddFilter((category, level) =>
            level >= LogLevel.Error && category?.StartsWith(nameof(Dibs), StringComparison.Ordinal) == true);
        builder.Services.Configure<ConsoleLoggerOptions>(options => options.LogToStandardErrorThreshold = LogLevel.Trace);

        builder.Services.AddFileRepository(_files).AddSingleton<Journal>().AddSingleton<Remotes>();
        builder.Services.AddDibs(store.Use).Configure<DibsOptions>(options => options.Namespace = store.Namespace);
        builder.Services.AddDibsWorker(worker =>
        {
            worker.Slots = Slots;
            // Who presses Ctrl-C does not want to wait for slow downloads.
            worker.Grace = TimeSpan.Zero;
        });
        return builder.Build();
    }

    private void Introduce(int jobs, IReadOnlyDictionary<string, IReadOnlyList<SourceFile>> sets)
    {
        var files = sets.Values.SelectMany(set => set).ToList();
        console.MarkupLine($"[bold]{jobs} jobs[/] on {sets.Count} repositories, enqueued all at once, with {Slots} slots");
        console.MarkupLine($"[grey]{Screen.Count(files.Count)} real files of this SDK, {Screen.Megabytes(files.Sum(file => file.Entry.Size))}, served from loopback by slow remotes[/]");
        console.MarkupLine($"[grey]The jobs are in {Markup.Escape(store.Place)}[/]");
        console.WriteLine();
    }

    /// <summary>The jobs while they run, then what they did; true if all of that was as it should be.</summary>
    private async Task<bool> ShowAsync(IServiceProvider services, Scenario scenario, CancellationToken stopping)
    {
        var screen = new LiveScreen(console, services.GetRequiredService<IJobClient>(), services.GetRequiredService<TimeProvider>());
        var records = await screen.FollowAsync(scenario.Jobs, stopping);
        var findings = await new Inspection(
            scenario,
            services.GetRequiredService<Remotes>(),
            services.GetRequiredService<Storage>(),
            services.GetRequiredService<Journal>()).RunAsync(records, stopping);

        var summary = new Summary(console);
        summary.Timeline(records);
        summary.Turns(records);
        summary.Findings(findings);
        return findings.All(finding => finding.Good);
    }

    /// <summary>An empty directory, and a lock on it while the demo runs.</summary>
    private static FileStream Remake(string directory)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(directory))!);
            var alone = new FileStream(directory + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            if (Directory.Exists(directory))
                Directory.Delete(directory, recursive: true);
            Directory.CreateDirectory(directory);
            return alone;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new DemoException($"The directory '{directory}' cannot be made anew: {failure.Message} Is another demo running?");
        }
    }
}
