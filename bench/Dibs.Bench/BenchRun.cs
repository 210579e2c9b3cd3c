using System.Runtime.InteropServices;
using Dibs.Bench.Scenes;

namespace Dibs.Bench;

/// <summary>A whole measured run.</summary>
internal static class BenchRun
{
    private static readonly IScene[] Scenes = [new EnqueueScene(), new DrainScene(), new WorkerScene(), new JobHostScene(), new PickUpScene(), new FootprintScene(), new ContendedScene()];

    /// <summary>Measures everything, one part after the other.</summary>
    /// <param name="target">What is measured.</param>
    /// <param name="sizes">How much.</param>
    /// <param name="say">Told what is being measured, and how much of the whole is done, from 0 to 1.</param>
    /// <param name="cancellationToken">Ends the run; what it stored is removed all the same.</param>
    public static async Task<BenchReport> RunAsync(BenchTarget target, Sizes sizes, Action<string, double> say, CancellationToken cancellationToken)
    {
        await using var bare = await target.Medium.OpenBareAsync(cancellationToken);
        var done = 0;
        var session = new Session(target, sizes, bare, what => say(what, (double)done / Scenes.Length));
        for (; done < Scenes.Length; done++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await Scenes[done].RunAsync(session, cancellationToken);
        }
        return new BenchReport(Machine(), target.Store, session.Figures);
    }

    private static string Machine() =>
        $"{RuntimeInformation.OSDescription}, {Environment.ProcessorCount} × {Processor()}, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20} MiB, {RuntimeInformation.FrameworkDescription}";

    private static string Processor()
    {
        const string Source = "/proc/cpuinfo";
        var model = File.Exists(Source) ? File.ReadLines(Source).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) : null;
        return model is null ? $"{RuntimeInformation.ProcessArchitecture}" : model.Split(':', 2)[1].Trim();
    }
}
