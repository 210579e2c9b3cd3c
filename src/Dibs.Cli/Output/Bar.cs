namespace Dibs.Cli.Output;

/// <summary>A bar of characters.</summary>
internal static class Bar
{
    /// <summary>The share that is done, in a bar of this width.</summary>
    public static string Of(long done, long total, int width)
    {
        var filled = total <= 0 ? 0 : (int)Math.Clamp(Math.Round((double)done / total * width), 0, width);
        return new string('━', filled) + new string('─', width - filled);
    }
}
