using Dibs.Cli.Frame;
using Dibs.Cli.Output;
using Dibs.Stores;

namespace Dibs.Cli.Commands;

/// <summary><c>dibs verify</c>: recomputes derived data and compares.</summary>
internal sealed class VerifyVerb() : Verb("verify", "", "Recompute derived data from the jobs and compare; exit 5 if it has drifted.", "dibs verify")
{
    public override async Task<int> RunAsync(Invocation run)
    {
        run.NoOperandsAfter(0);
        var found = await DriftSearch.RunAsync(run, repair: false);
        DriftSearch.Write(run, found, found.Items.Count == 0 ? $"clean: {found.Checked} jobs and resources checked" : "derived data has drifted; dibs repair sets it right");
        return found.Items.Count == 0 ? ExitCode.Done : ExitCode.Drift;
    }
}

/// <summary><c>dibs repair</c>: sets derived data right; never touches the jobs themselves.</summary>
internal sealed class RepairVerb() : Verb("repair", "", "Set derived data right; the jobs themselves are never touched.", "dibs repair")
{
    public override async Task<int> RunAsync(Invocation run)
    {
        run.NoOperandsAfter(0);
        var repaired = await DriftSearch.RunAsync(run, repair: true);
        // What one step set right can show a drift elsewhere only if the first pass was wrong: look again rather than promise.
        var left = repaired.Items.Count == 0 ? repaired : await DriftSearch.RunAsync(run, repair: false);
        DriftSearch.Write(run, repaired, left.Items.Count == 0 ? $"clean: {repaired.Items.Count} repaired, {repaired.Checked} jobs and resources checked" : "drift is left after the repair; run it again while fewer workers are busy");
        return left.Items.Count == 0 ? ExitCode.Done : ExitCode.Drift;
    }
}

/// <summary>Walks over the whole namespace, one bounded step at a time.</summary>
internal static class DriftSearch
{
    public static async Task<VerifyDocument> RunAsync(Invocation run, bool repair)
    {
        var store = await run.OpenStoreAsync();
        var drifts = new List<Drift>();
        var done = 0;
        string? cursor = null;
        do
        {
            var step = await store.VerifyAsync(cursor, repair, run.Stopping);
            drifts.AddRange(step.Drifts);
            done += step.Checked;
            cursor = step.Next;
        }
        while (cursor is not null);
        return new VerifyDocument(drifts, done);
    }

    public static void Write(Invocation run, VerifyDocument found, string verdict)
    {
        if (run.Json)
        {
            JsonOutput.Write(run.Terminal.Out, found, CliJson.Shared.VerifyDocument);
            return;
        }
        if (found.Items.Count > 0)
        {
            var table = new Listing(new("kind"), new("of"), new("stored"), new("expected"));
            foreach (var drift in found.Items)
                table.Add(drift.Kind, drift.Subject, drift.Stored, drift.Expected);
            table.Write(run.Terminal);
        }
        run.Note(verdict);
    }
}
