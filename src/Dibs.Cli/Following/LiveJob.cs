using Dibs.Cli.Frame;
using Dibs.Cli.Output;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Dibs.Cli.Following;

/// <summary>Draws a job in place on a terminal while it goes on: its state, why it does not run yet, and a bar per phase.</summary>
internal static class LiveJob
{
    // More would not fit on a small terminal, and what is drawn in place must fit.
    private const int MostPhases = 15;

    /// <returns>The last sighting.</returns>
    public static async Task<JobRecord> DrawAsync(Terminal terminal, TextWriter writer, IAsyncEnumerable<Sighting> sightings)
    {
        JobRecord? last = null;
        using var drawing = new Drawing(terminal, writer);
        await foreach (var sighting in sightings)
        {
            last = sighting.Job;
            drawing.Show(Picture(terminal, last, sighting.Wait));
        }
        return last!;
    }

    private static Rows Picture(Terminal terminal, JobRecord job, string? wait)
    {
        var width = Math.Clamp(terminal.Columns / 3, 10, 40);
        var state = JobText.State(job);
        var ran = JobText.Ran(job, terminal.Time) is { } time ? $" {time}" : "";
        var call = TextWidth.Cut(Printable.Line(JobText.Call(job)), terminal.Columns - state.Length - ran.Length - 1);
        var rows = new List<IRenderable>
        {
            new Markup($"[{Styles.Of(job.State)}]{state.EscapeMarkup()}[/] {call.EscapeMarkup()}[{Styles.Faint}]{ran}[/]"),
        };
        if (wait is not null)
            rows.Add(new CellText(wait, Styles.Faint));
        if (job.Progress is { Count: > 0 } phases)
        {
            var grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn(new GridColumn().NoWrap()).AddColumn(new GridColumn().NoWrap());
            foreach (var phase in phases.TakeLast(MostPhases))
                grid.AddRow(new CellText(Printable.Line(phase.Message)), new CellText(PhaseBar(phase, width), Color(phase)), new CellText(Count(phase), Styles.Faint));
            rows.Add(grid);
        }
        if (job.Error is { } error)
            rows.Add(new CellText(Printable.Line($"{error.Type}: {error.Message}"), Styles.Of(JobState.Failed)));
        return new Rows(rows);
    }

    private static string PhaseBar(ProgressRecord phase, int width) => phase switch
    {
        { Total: > 0 } => Bar.Of(phase.Done, phase.Total.Value, width),
        { State: "completed" } => Bar.Of(1, 1, width),
        _ => Bar.Of(0, 1, width),
    };

    private static string Count(ProgressRecord phase) =>
        Printable.Line(string.Join(' ', new[] { phase.Total is { } total ? $"{phase.Done}/{total}" : phase.Done > 0 ? $"{phase.Done}" : null, phase.Suffix }.Where(part => part is not null)));

    private static string Color(ProgressRecord phase) => phase.State switch
    {
        "completed" => Styles.Of(JobState.Completed),
        "failed" => Styles.Of(JobState.Failed),
        "canceled" => Styles.Of(JobState.Canceled),
        _ => Styles.Of(JobState.Running),
    };
}
