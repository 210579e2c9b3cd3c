using Spectre.Console;
using Spectre.Console.Rendering;

namespace Dibs.Cli.Output;

/// <summary>Text in a cell of a table. The ready-made one breaks long words between any two chars, which tears letters of two chars apart.</summary>
/// <param name="text">One line.</param>
/// <param name="style">The name of a style; plain without one.</param>
internal sealed class CellText(string text, string style = "") : Renderable
{
    private readonly Style _style = RichConsole.Style(style);

    protected override Measurement Measure(RenderOptions options, int maxWidth)
    {
        var longest = text.Split(' ').Max(word => TextWidth.Of(word));
        return new Measurement(Math.Min(longest, maxWidth), Math.Min(TextWidth.Of(text), maxWidth));
    }

    protected override IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
    {
        var lines = TextWidth.Wrap(text, maxWidth);
        for (var i = 0; i < lines.Count; i++)
        {
            if (i > 0)
                yield return Segment.LineBreak;
            yield return new Segment(options.Justification == Justify.Right ? TextWidth.PadLeft(lines[i], maxWidth) : lines[i], _style);
        }
    }
}
