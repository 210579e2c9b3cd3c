using Spectre.Console;

namespace FileRepository.Demo;

/// <summary>One bar: a job, when it joined its lines, ran, ended, and how.</summary>
internal sealed record TimelineBar(string Label, TimeSpan Queued, TimeSpan Started, TimeSpan Ended, string Color);

/// <summary>Bars over one axis of time, so that one sees what ran side by side and what took turns.</summary>
internal static class Timeline
{
    private const int SecondsWidth = 7;

    /// <summary>Lines of markup, each exactly so many columns: the bars in the order given, then the axis.</summary>
    public static IReadOnlyList<string> Draw(IReadOnlyList<TimelineBar> bars, int width)
    {
        if (bars.Count == 0)
            return [];
        var labels = Math.Min(bars.Max(bar => bar.Label.Length), width / 3);
        var columns = Math.Max(1, width - labels - SecondsWidth - 2);
        var column = bars.Max(bar => bar.Ended) is var last && last > TimeSpan.Zero ? last / columns : TimeSpan.FromSeconds(1);
        return [.. bars.Select(bar => Draw(bar, labels, columns, column)), Axis(labels, columns, column)];
    }

    private static string Draw(TimelineBar bar, int labels, int columns, TimeSpan column)
    {
        int At(TimeSpan time) => Math.Clamp((int)(time / column), 0, columns);

        // Even the shortest job has a column.
        var start = Math.Min(At(bar.Started), columns - 1);
        var end = Math.Max(At(bar.Ended), start + 1);
        var queued = Math.Min(At(bar.Queued), start);
        var seconds = Screen.Seconds(bar.Ended - bar.Started).PadLeft(SecondsWidth);
        return $"{Markup.Escape(Screen.Fit(bar.Label, labels))} {new string(' ', queued)}[grey]{new string('·', start - queued)}[/]"
            + $"[{bar.Color}]{new string('█', end - start)}[/]{new string(' ', columns - end)} {seconds}";
    }

    /// <summary>A mark every 1, 2, 5, 10 … seconds, as close as their numbers fit.</summary>
    private static string Axis(int labels, int columns, TimeSpan column)
    {
        const int Between = 8;
        var line = new char[columns + SecondsWidth + 1];
        Array.Fill(line, ' ');
        var step = Steps().First(step => step / column >= Between);
        for (var time = TimeSpan.Zero; time / column < columns; time += step)
        {
            var at = (int)(time / column);
            var mark = $"╵{time.TotalSeconds:0} s";
            mark.AsSpan(0, Math.Min(mark.Length, line.Length - at)).CopyTo(line.AsSpan(at));
        }
        return $"{new string(' ', labels)} [grey]{new string(line)}[/]";
    }

    private static IEnumerable<TimeSpan> Steps()
    {
        for (var power = 1.0; ; power *= 10)
        {
            foreach (var digit in (double[])[1, 2, 5])
                yield return TimeSpan.FromSeconds(power * digit);
        }
    }
}
