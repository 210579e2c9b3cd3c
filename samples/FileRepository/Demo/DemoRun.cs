using Dibs;
using FileRepository.Storing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Spectre.Console;

namespace FileRepository.Demo;

/// <summary>The whole demo in one process: remotes, client and worker share a host, and the store is a file.</summary>
internal sealed class DemoRun(IAnsiConsole console, string directory)
{
    private const int Slots = 4;

    private readonly string _store = Path.Combine(directory, "jobs.db");

    /// <summary>True if everything was as it should be.</summary>
    public async Task<bool> RunAsync()
    {
        using var alone = Remake(directory);
        await using var app = Build();
        var (time, remotes, storage) = (TimeProvider.System, app.Services.GetRequiredService<Remotes>(), app.Services.GetRequiredService<Storage>());
        var stopping = app.Lifetime.ApplicationStopping;
        var sets = await SourceFiles.FindAsync(stopping);
        var (files, bytes) = (sets.Values.Sum(set => set.Count), sets.Values.Sum(set => set.Sum(file => file.Entry.Size)));

        remotes.Map(app);
        await app.StartAsync(stopping);
        remotes.Address = app.Urls.Single();
        foreach (var (remote, set) in sets)
            remotes.Add(remote, set);

        var jobs = app.Services.GetRequiredService<IJobClient>();
        var scenario = new Scenario(jobs, remotes);
        await scenario.EnqueueAsync();
        console.MarkupLine($"[bold]{scenario.Jobs.Count} jobs[/] on {sets.Count} repositories, enqueued all at once, with {Slots} slots");
        console.MarkupLine($"[grey]{Screen.Count(files)} real files of this SDK, {Screen.Megabytes(bytes)}, served from loopback by slow remotes[/]");
        console.WriteLine();

        var records = await new LiveScreen(console, jobs, time).FollowAsync([.. scenario.Jobs], stopping);
        var findings = await new Inspection(scenario, remotes, storage).RunAsync(records, stopping);
        await app.StopAsync(stopping);
        var (_, waiting) = await scenario.LeaveTwoAsync();

        var summary = new Summary(console);
        summary.Timeline(records);
        summary.Turns(records);
        summary.Findings(findings);
        summary.Next(directory, $"sqlite:{_store}", waiting.Id);
        return findings.All(finding => finding.Good);
    }

    private WebApplication Build()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(TimeProvider.System).AddFileRepository(Path.Combine(directory, "files")).AddSingleton<Remotes>();
        builder.Services.AddDibs(dibs => dibs.UseMemory());
        builder.Services.AddDibsWorker(worker => worker.Slots = Slots);
        return builder.Build();
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
