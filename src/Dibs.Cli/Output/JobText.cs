using System.Globalization;
using System.Text;
using Dibs.Cli.Input;

namespace Dibs.Cli.Output;

/// <summary>Jobs in the words of people.</summary>
internal static class JobText
{
    /// <summary>The call: <c>Reports.Build(42, mirror: true)</c>, or the command as a shell would take it.</summary>
    public static string Call(JobRecord job)
    {
        if (job.Command is { } command)
            return string.Join(' ', command.Select(Quote));
        var arguments = (job.Args ?? []).Select(arg => arg.GetRawText()).Concat((job.Named ?? EmptyNamed).Select(arg => $"{arg.Key}: {arg.Value.GetRawText()}"));
        return $"{job.Method}({string.Join(", ", arguments)})";
    }

    public static string State(JobRecord job) => job.Reason is { } reason && reason != job.State.ToText() ? $"{job.State.ToText()} ({reason})" : job.State.ToText();

    public static string Reservation(ReservationRecord reservation) => new StringBuilder(reservation.Resource)
        .Append(reservation.Mode == ReservationMode.Exclusive ? " exclusive" : " shared")
        .Append(reservation.Capacity is { } capacity ? $" of {capacity}" : "")
        .Append(reservation.Held ? ", held" : "")
        .ToString();

    /// <summary>Local time for people; with how long ago, or in how long, it is.</summary>
    public static string Moment(DateTimeOffset at, TimeProvider time)
    {
        var age = time.GetUtcNow() - at;
        var local = TimeZoneInfo.ConvertTime(at, time.LocalTimeZone).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        return $"{local} ({(age < TimeSpan.Zero ? $"in {DurationText.Format(age)}" : $"{DurationText.Format(age)} ago")})";
    }

    public static string Age(DateTimeOffset at, TimeProvider time) => DurationText.Format(time.GetUtcNow() - at is var age && age > TimeSpan.Zero ? age : TimeSpan.Zero);

    /// <summary>How long the last attempt has run, or ran; nothing if the clock was set back meanwhile.</summary>
    public static string? Ran(JobRecord job, TimeProvider time) => (job.FinishedAt ?? time.GetUtcNow()) - job.StartedAt is { } ran && ran >= TimeSpan.Zero ? DurationText.Format(ran) : null;

    private static IReadOnlyDictionary<string, System.Text.Json.JsonElement> EmptyNamed { get; } = new Dictionary<string, System.Text.Json.JsonElement>();

    private static string Quote(string word) =>
        word.Length > 0 && word.All(letter => char.IsLetterOrDigit(letter) || "_-./:=@%+,".Contains(letter, StringComparison.Ordinal))
            ? word
            : $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
