using Dibs.Cli.Frame;
using Spectre.Console;

namespace Dibs.Cli.Output;

/// <summary>Queues as bars, one color per state, all on one scale.</summary>
internal static class RichInfo
{
    private const int NameWidth = 24;

    public static void WriteQueues(Terminal terminal, IReadOnlyList<QueueItem> queues, IReadOnlyList<JobState> states)
    {
        var console = RichConsole.Create(terminal, terminal.Out);
        var largest = Math.Max(1, queues.Max(queue => states.Sum(state => Count(queue, state))));
        var width = Math.Max(10, terminal.Columns - NameWidth - 40);
        console.WriteLine();
        var grid = new Grid { Expand = false }
            .AddColumn(new GridColumn { NoWrap = true, Width = Math.Min(NameWidth, queues.Max(queue => TextWidth.Of(queue.Name))) })
            .AddColumn(new GridColumn { NoWrap = true, Width = width })
            .AddColumn();
        foreach (var queue in queues)
            grid.AddRow(new CellText(TextWidth.Cut(Printable.Line(queue.Name), NameWidth)), new Markup(Line(queue, states, largest, width)), new Markup(Legend(queue, states)));
        console.Write(grid);
    }

    private static string Line(QueueItem queue, IReadOnlyList<JobState> states, long largest, int width) =>
        string.Concat(states.Select(state => Count(queue, state) is > 0 and var count
            // Even one job among thousands is to be seen.
            ? $"[{Styles.Of(state)}]{new string('█', Math.Max(1, (int)(count * (width - states.Count) / largest)))}[/]"
            : ""));

    private static string Legend(QueueItem queue, IReadOnlyList<JobState> states)
    {
        var parts = states.Where(state => Count(queue, state) > 0).Select(state => $"[{Styles.Of(state)}]{Count(queue, state)} {state.ToText()}[/]").ToArray();
        return parts.Length == 0 ? $"[{Styles.Faint}]idle[/]" : string.Join(' ', parts);
    }

    private static long Count(QueueItem queue, JobState state) => queue.Counts.GetValueOrDefault(state.ToText());
}
