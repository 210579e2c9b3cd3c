using System.Globalization;

namespace Dibs.Cli.Input;

/// <summary>A TIME of the command line: ISO-8601, or an age such as <c>30s</c> or <c>7d</c> (that long ago).</summary>
/// <param name="At">The moment.</param>
/// <param name="Local">It was written without a zone and taken as local time.</param>
internal readonly record struct TimeText(DateTimeOffset At, bool Local)
{
    private const DateTimeStyles Unzoned = DateTimeStyles.None;

    private static readonly string[] LocalForms =
    [
        "yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd HH:mm:ss",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF", "yyyy-MM-dd HH:mm:ss.FFFFFFF",
    ];

    private static readonly string[] ZonedForms = [.. LocalForms.Skip(1).SelectMany(form => new[] { form + "zzz", form + "'Z'" })];

    public static TimeText Parse(string text, TimeProvider time)
    {
        if (DurationText.TryParse(text, out var age))
            return new TimeText(time.GetUtcNow() - age, Local: false);
        if (DateTimeOffset.TryParseExact(text, ZonedForms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var zoned))
            return new TimeText(zoned.ToUniversalTime(), Local: false);
        if (DateTime.TryParseExact(text, LocalForms, CultureInfo.InvariantCulture, Unzoned, out var local))
            return new TimeText(FromLocal(text, local, time.LocalTimeZone), Local: true);
        throw new UsageException($"'{text}' is not a time; write it like 2026-11-22T08:30:00Z, 2026-11-22T08:30+01:00, or as an age: 30s, 7d");
    }

    private static DateTimeOffset FromLocal(string text, DateTime local, TimeZoneInfo zone)
    {
        if (zone.IsInvalidTime(local))
            throw new UsageException($"the time '{text}' does not exist in the local zone {zone.Id}, where clocks jump over it; add a zone, such as '{text}Z'");
        return new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime();
    }
}
