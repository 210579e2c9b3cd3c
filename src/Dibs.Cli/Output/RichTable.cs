using Dibs.Cli.Frame;
using Spectre.Console;

namespace Dibs.Cli.Output;

/// <summary>A listing on a terminal.</summary>
internal static class RichTable
{
    // What the border takes: around each column, and once more at the end.
    private const int Gap = 3;

    private const int Edge = 1;

    // Less of a text says nothing: then it is broken into lines.
    private const int Narrowest = 8;

    public static void Write(Terminal terminal, IReadOnlyList<Column> columns, IReadOnlyList<Cell[]> rows)
    {
        var width = terminal.Columns;
        var shown = Enumerable.Range(0, columns.Count).Where(i => columns[i].From <= width).ToArray();
        var natural = columns.Select((column, i) => Math.Max(column.Title.Length, rows.Max(row => TextWidth.Of(row[i].Text)))).ToArray();
        var others = shown.Where(i => i > 0).Sum(i => Gap + (columns[i].Cut ? Math.Min(natural[i], Narrowest) : natural[i]));
        var first = Math.Min(natural[0], Math.Max(width / 3, width - Edge - Gap - others));
        var titled = columns.Any(column => column.Title.Length > 0);
        var table = new Table { Border = titled ? TableBorder.Simple : TableBorder.None, ShowHeaders = titled, UseSafeBorder = false }.BorderColor(Color.Grey35);
        foreach (var i in shown)
        {
            var column = new TableColumn(new Text(columns[i].Title, new Style(Color.Grey))) { Alignment = columns[i].Right ? Justify.Right : Justify.Left };
            // The first column names the item: it is what one copies, so it is broken only when the others had no room left.
            table.AddColumn(i == 0 && first < natural[0] ? column.Width(first) : i == 0 || columns[i].Right ? column.NoWrap() : column);
        }
        var room = width - Edge - Gap - first - shown.Where(i => i > 0 && !columns[i].Cut).Sum(i => Gap + natural[i]);
        foreach (var row in rows)
            table.AddRow(shown.Select(i => new CellText(columns[i].Cut && room - Gap >= Narrowest ? TextWidth.Cut(row[i].Text, room - Gap) : row[i].Text, row[i].Style)));
        RichConsole.Create(terminal, terminal.Out).Write(table);
    }
}
