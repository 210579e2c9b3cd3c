using System.Text;
using Dibs.Cli.Frame;

namespace Dibs.Cli.Output;

/// <summary>One value of a listing. What is absent is shown as <c>-</c>, so that every line has the same number of words.</summary>
internal readonly record struct Cell(string Text, string Style = "")
{
    public static implicit operator Cell(string? text) => new(string.IsNullOrEmpty(text) ? "-" : text);

    public static implicit operator Cell(long number) => new(number.ToString(System.Globalization.CultureInfo.InvariantCulture));

    public static Cell Of(JobState state) => new(state.ToText(), Styles.Of(state));
}

/// <summary>One column of a listing.</summary>
/// <param name="Title">Shown on a terminal only.</param>
/// <param name="Right">Numbers stand at the right.</param>
/// <param name="From">Columns a terminal must have for this one to be shown; piped output has them all.</param>
/// <param name="Cut">On a terminal that is too narrow this one is cut short, so that each item stays on one line.</param>
internal sealed record Column(string Title, bool Right = false, int From = 0, bool Cut = false);

/// <summary>Rows in columns: a table for people, one line per item without titles for pipes.</summary>
internal sealed class Listing(params Column[] columns)
{
    // One long text must not make every line of a pipe as long: what is wider stands out of its column.
    private const int WidestPlain = 100;

    private readonly List<Cell[]> _rows = [];

    public bool IsEmpty => _rows.Count == 0;

    public void Add(params Cell[] cells) => _rows.Add([.. cells.Select(cell => cell with { Text = Printable.Line(cell.Text) })]);

    public void Write(Terminal terminal)
    {
        if (terminal.IsOutTerminal)
            RichTable.Write(terminal, columns, _rows);
        else
            WritePlain(terminal.Out);
    }

    private void WritePlain(TextWriter writer)
    {
        var widths = columns.Select((_, i) => Math.Min(WidestPlain, _rows.Max(row => TextWidth.Of(row[i].Text)))).ToArray();
        var line = new StringBuilder();
        foreach (var row in _rows)
        {
            line.Clear();
            for (var i = 0; i < row.Length; i++)
            {
                var text = row[i].Text;
                var gap = i == row.Length - 1 ? "" : "  ";
                var last = gap.Length == 0 && !columns[i].Right;
                line.Append(columns[i].Right ? TextWidth.PadLeft(text, widths[i]) : last ? text : TextWidth.PadRight(text, widths[i])).Append(gap);
            }
            writer.WriteLine(line.ToString());
        }
    }
}
