using System.Globalization;

namespace Dibs.Cli.Output;

/// <summary>Sizes as people read them: <c>87M</c>, <c>1.4G</c>.</summary>
internal static class SizeText
{
    private const double Step = 1024;
    private static readonly string[] Units = ["", "K", "M", "G", "T"];

    public static string Format(long bytes)
    {
        var (value, unit) = ((double)bytes, 0);
        for (; value >= Step && unit < Units.Length - 1; unit++)
            value /= Step;
        return value.ToString(value < 10 && unit > 0 ? "0.#" : "0", CultureInfo.InvariantCulture) + Units[unit];
    }
}
