using Dibs.Bench;
using Dibs.Cli.Frame;
using Dibs.Cli.Output;

namespace Dibs.Cli.Commands;

/// <summary>The table of <c>dibs bench</c>.</summary>
internal static class BenchView
{
    public static void Write(Invocation run, BenchReport report)
    {
        run.Note($"{report.Store} on {report.Machine}");
        var table = new Listing(
            new("figure"), new("median", Right: true), new("bare limit", Right: true), new("ratio", Right: true),
            new("min", Right: true, From: 90), new("max", Right: true, From: 90), new("runs", Right: true, From: 110), new("of", From: 140));
        foreach (var figure in report.Figures)
        {
            table.Add(
                new Cell(figure.Name, Styles.Strong), Value(figure.Value, figure), Value(figure.Limit, figure), FigureText.Ratio(figure),
                Value(figure.Min, figure), Value(figure.Max, figure), figure.Runs, new Cell(FigureText.Meaning(figure), Styles.Faint));
        }
        table.Write(run.Terminal);
    }

    private static string? Value(double? value, Figure figure) => value is { } number ? FigureText.Value(number, figure.Unit) : null;
}
