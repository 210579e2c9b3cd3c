using System.Globalization;
using System.Text.RegularExpressions;

namespace Dibs.Cli.Input;

/// <summary>Durations as people write them: <c>500ms</c>, <c>30s</c>, <c>10m</c>, <c>1h30m</c>, <c>7d</c>.</summary>
internal static partial class DurationText
{
    // A job that is due in more than ten years is a slip of the keyboard.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(3650);

    public static TimeSpan Parse(string text) =>
        TryParse(text, out var duration) ? duration : throw new UsageException(Complaint(text));

    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        var match = Pattern().Match(text);
        if (!match.Success)
            return false;
        var milliseconds = Part(match, "d") * 86_400_000 + Part(match, "h") * 3_600_000 + Part(match, "m") * 60_000
            + Part(match, "s") * 1000 + Part(match, "ms");
        if (milliseconds > Longest.TotalMilliseconds)
            return false;
        duration = TimeSpan.FromMilliseconds(milliseconds);
        return true;
    }

    /// <summary>The shortest text that says the duration well enough for a person: its largest unit, or two of them.</summary>
    public static string Format(TimeSpan duration)
    {
        var value = duration.Duration();
        return value switch
        {
            { TotalMilliseconds: < 1 } => "0s",
            { TotalSeconds: < 1 } => $"{(int)value.TotalMilliseconds}ms",
            { TotalSeconds: < 10 } => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(value.TotalSeconds * 10) / 10:0.#}s"),
            { TotalMinutes: < 1 } => $"{(int)value.TotalSeconds}s",
            { TotalHours: < 1 } => Two(value.Minutes, "m", value.Seconds, "s"),
            { TotalDays: < 1 } => Two(value.Hours, "h", value.Minutes, "m"),
            _ => Two(value.Days, "d", value.Hours, "h"),
        };
    }

    private static string Two(int large, string unit, int small, string smallUnit) =>
        small == 0 ? $"{large}{unit}" : $"{large}{unit}{small}{smallUnit}";

    private static double Part(Match match, string unit) =>
        match.Groups[unit] is { Success: true } part ? double.Parse(part.ValueSpan, CultureInfo.InvariantCulture) : 0;

    private static string Complaint(string text)
    {
        const string Remedy = "write it like 500ms, 30s, 10m, 1h30m or 7d";
        if (text.StartsWith('-') && TryParse(text[1..], out _))
            return $"the duration '{text}' is negative; the smallest is 0s, {Remedy}";
        if (text.Length > 0 && text.All(char.IsAsciiDigit))
            return $"the duration '{text}' has no unit; {Remedy}";
        return Pattern().IsMatch(text)
            ? $"the duration '{text}' is too long; the limit is {Longest.Days}d"
            : $"'{text}' is not a duration; {Remedy}";
    }

    [GeneratedRegex(@"^(?=.)(?:(?<d>\d{1,9})d)?(?:(?<h>\d{1,9})h)?(?:(?<m>\d{1,9})m(?!s))?(?:(?<s>\d{1,9}(?:\.\d{1,3})?)s)?(?:(?<ms>\d{1,9})ms)?\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Pattern();
}
