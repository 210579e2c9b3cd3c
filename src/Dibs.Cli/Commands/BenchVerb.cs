using System.CommandLine;
using Dibs.Bench;
using Dibs.Bench.Media;
using Dibs.Cli.Frame;
using Dibs.Cli.Output;

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
        var report = await MeasureAsync(run, name);
        if (run.Json)
            JsonOutput.Write(run.Terminal.Out, report, CliJson.Shared.BenchReport);
        else
            BenchView.Write(run, report);
        if (run.Address.Path is not null)
            run.Note($"all jobs of the run were removed again; what remains is the name '{name}', and room in the file that it will use again");
        return ExitCode.Done;
    }

    private async Task<BenchReport> MeasureAsync(Invocation run, string name)
    {
        await using var medium = await OpenMediumAsync(run, name);
        var target = new BenchTarget($"{run.Address}", medium, run.Address.IsMemory ? null : () => BenchWorker.Start(run.Address, name));
        using var progress = new BenchProgress(run);
        return await BenchRun.RunAsync(target, medium.SizesOf(run.Get(_quick)), progress.Show, run.Stopping);
    }

    private static async Task<IMedium> OpenMediumAsync(Invocation run, string name) => run.Address switch
    {
        { Redis: { } redis } => await RedisMedium.OpenAsync(redis, name, run.Stopping),
        { Path: { } file } => new SqliteMedium(file, time => run.CreateStore(name, time)),
        _ => new MemoryMedium(name),
    };
}
