using System.CommandLine;
using System.Diagnostics;
using Dibs.Bench;
using Dibs.Cli.Frame;
using Dibs.Cli.Output;
using Dibs.Stores.Memory;

namespace Dibs.Cli.Commands;

/// <summary><c>dibs bench</c>: measures the store on this machine, beside the bare cost of the same work.</summary>
internal sealed class BenchVerb : Verb
{
    private readonly Option<bool> _quick = Opt.Flag("--quick", "A first look: less is measured, and less exactly.");

    public BenchVerb() : base(
        "bench", "", "Measure the store on this machine, in a namespace of its own, beside the bare cost of the same work.", "dibs bench --store sqlite:/srv/dibs/jobs.db") =>
        Add(_quick);

    public override async Task<int> RunAsync(Invocation run)
    {
        run.NoOperandsAfter(0);
        var name = $"bench-{Guid.CreateVersion7():N}";
        var target = Target(run, name);
        using var progress = new BenchProgress(run);
        var report = await BenchRun.RunAsync(target, Sizes.Of(target, run.Get(_quick)), progress.Show, run.Stopping);
        progress.Clear();
        if (run.Json)
            JsonOutput.Write(run.Terminal.Out, report, CliJson.Shared.BenchReport);
        else
            BenchView.Write(run, report);
        if (!run.Address.IsMemory)
            run.Note($"all jobs of the run were removed again; what remains is the name '{name}', and room in the file that it will use again");
        return ExitCode.Done;
    }

    private static BenchTarget Target(Invocation run, string name) => run.Address switch
    {
        { Path: { } file } => new BenchTarget($"{run.Address}", time => run.CreateStore(name, time), file, () => Worker(run, name)),
        { IsMemory: true } => new BenchTarget($"{run.Address}", time => new MemoryJobStore(name, time), SqliteFile: null, WorkerProcess: null),
        _ => throw new DibsConfigurationException("store-unsupported", $"bench measures no Redis in this version, and the store is {run.Address}; give --store sqlite:PATH or --store memory:"),
    };

    /// <summary>This command line again, as a worker of the namespace.</summary>
    private static ProcessStartInfo Worker(Invocation run, string name)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true };
        // Run by the dotnet host, the process is 'dotnet', and its first argument the program.
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Add(typeof(BenchVerb).Assembly.Location);
        string[] words = ["worker", "--store", $"{run.Address}", "--namespace", name, "--app", typeof(Probe).Assembly.Location, "--slots", "2", "--quiet"];
        foreach (var word in words)
            start.ArgumentList.Add(word);
        // What a settings file says of workers is not meant for this one.
        start.Environment["DIBS_SETTINGS"] = "";
        return start;
    }
}
