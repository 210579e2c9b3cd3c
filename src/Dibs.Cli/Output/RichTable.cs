using Dibs.Cli.Frame;
using Spectre.Console;

namespace Dibs.Cli.Output;

/// <summary>A listing on a terminal.</summary>
internal static class RichTable
{
    public static void Write(Terminal terminal, IReadOnlyList<Column> columns, IReadOnlyList<Cell[]> rows)
    {
        var width = terminal.Columns();
        var shown = Enumerable.Range(0, columns.Count).Where(i => columns[i].From <= width).ToArray();
        var titled = columns.Any(column => column.Title.Length > 0);
        var table = new Table { Border = titled ? TableBorder.Simple : TableBorder.None, ShowHeaders = titled, UseSafeBorder = false }.BorderColor(Color.Grey35);
        foreach (var i in shown)
        {
            var column = new TableColumn(new Text(columns[i].Title, new Style(Color.Grey))) { Alignment = columns[i].Right ? Justify.Right : Justify.Left };
            // The first column names the item: it is what one copies, so it is never broken.
            table.AddColumn(i == 0 || columns[i].Right ? column.NoWrap() : column);
        }
        foreach (var row in rows)
            table.AddRow(shown.Select(i => new Text(row[i].Text, RichConsole.Style(row[i].Style))));
        RichConsole.Create(terminal, terminal.Out).Write(table);
    }
}
