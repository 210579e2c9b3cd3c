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
        var width = Math.Clamp(terminal.Columns() / 3, 10, 40);
        var ran = JobText.Ran(job, terminal.Time) is { } time ? $" [{Styles.Faint}]{time}[/]" : "";
        var rows = new List<IRenderable>
        {
            new Markup($"[{Styles.Of(job.State)}]{JobText.State(job).EscapeMarkup()}[/] {Printable.Line(JobText.Call(job)).EscapeMarkup()}{ran}") { Overflow = Overflow.Ellipsis },
        };
        if (wait is not null)
            rows.Add(new Text(wait, RichConsole.Style(Styles.Faint)));
        if (job.Progress is { Count: > 0 } phases)
        {
            var grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn(new GridColumn().NoWrap()).AddColumn(new GridColumn().NoWrap());
            foreach (var phase in phases.TakeLast(MostPhases))
                grid.AddRow(new Text(Printable.Line(phase.Message)), new Text(PhaseBar(phase, width), RichConsole.Style(Color(phase))), new Text(Count(phase), RichConsole.Style(Styles.Faint)));
            rows.Add(grid);
        }
        if (job.Error is { } error)
            rows.Add(new Text(Printable.Line($"{error.Type}: {error.Message}"), RichConsole.Style(Styles.Of(JobState.Failed))));
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
