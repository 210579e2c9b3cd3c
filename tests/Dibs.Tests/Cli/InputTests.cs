using System.Text.Json;
using Dibs.Cli.Input;
using Microsoft.Extensions.Time.Testing;

namespace Dibs.Tests.Cli;

public class InputTests
{
    [Theory]
    [InlineData("500ms", 0.5)]
    [InlineData("0s", 0)]
    [InlineData("30s", 30)]
    [InlineData("1.5s", 1.5)]
    [InlineData("10m", 600)]
    [InlineData("1h30m", 5400)]
    [InlineData("7d", 604800)]
    [InlineData("1d2h3m4s5ms", 93784.005)]
    public void A_duration_is_read(string text, double seconds) => Assert.Equal(TimeSpan.FromSeconds(seconds), DurationText.Parse(text));

    [Theory]
    [InlineData("", "is not a duration")]
    [InlineData("30", "has no unit")]
    [InlineData("-30s", "is negative")]
    [InlineData("5x", "is not a duration")]
    [InlineData("30m1h", "is not a duration")]
    [InlineData("10 m", "is not a duration")]
    [InlineData("99999d", "is too long")]
    [InlineData("30s\n", "is not a duration")]
    public void A_bad_duration_is_refused_with_its_reason(string text, string reason) =>
        Assert.Contains(reason, Assert.Throws<UsageException>(() => DurationText.Parse(text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(0.25, "250ms")]
    [InlineData(9.96, "9.9s")]
    [InlineData(59.9, "59s")]
    [InlineData(61, "1m1s")]
    [InlineData(3600, "1h")]
    [InlineData(90000, "1d1h")]
    public void A_duration_is_written_in_its_largest_units(double seconds, string text) => Assert.Equal(text, DurationText.Format(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData("2026-11-22T08:30:00Z", "2026-11-22T08:30:00", false)]
    [InlineData("2026-11-22T08:30+01:00", "2026-11-22T07:30:00", false)]
    [InlineData("2026-11-22 08:30:00.25Z", "2026-11-22T08:30:00.25", false)]
    [InlineData("2026-11-22T08:30", "2026-11-22T07:30:00", true)]
    [InlineData("2026-07-01", "2026-06-30T22:00:00", true)]
    [InlineData("2h", "2026-11-22T10:00:00", false)]
    public void A_time_is_read(string text, string utc, bool local)
    {
        var time = TimeText.Parse(text, Berlin());
        Assert.Equal(DateTime.Parse(utc, System.Globalization.CultureInfo.InvariantCulture), time.At.UtcDateTime);
        Assert.Equal(local, time.Local);
    }

    [Theory]
    [InlineData("yesterday", "is not a time")]
    [InlineData("2026-13-01", "is not a time")]
    [InlineData("2026-03-29T02:30", "does not exist in the local zone")]
    public void A_bad_time_is_refused_with_its_reason(string text, string reason) =>
        Assert.Contains(reason, Assert.Throws<UsageException>(() => TimeText.Parse(text, Berlin())).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("api", "api", null)]
    [InlineData("api:github=5", "api:github", 5)]
    [InlineData("a=b=2", "a=b", 2)]
    public void A_shared_resource_is_read(string text, string name, int? capacity) => Assert.Equal(new SharedResource(name, capacity), OptionText.Shared(text));

    [Theory]
    [InlineData("x=0")]
    [InlineData("x=-1")]
    [InlineData("x=")]
    [InlineData("x=1O")]
    [InlineData("x=99999999999")]
    public void A_capacity_below_1_or_no_number_is_refused(string text) =>
        Assert.Contains("whole number from 1 up", Assert.Throws<UsageException>(() => OptionText.Shared(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void An_argument_is_JSON_if_it_parses_and_else_text()
    {
        var call = CallText.Parse(["42", "true", "null", "{\"a\":[1]}", "\"quoted\"", "plain text", "007", "1.50", "", "a=b", "url=http://x?y=1", "2=3", "-5"]);
        Assert.Equal(["42", "true", "null", "{\"a\":[1]}", "\"quoted\"", "\"plain text\"", "\"007\"", "1.50", "\"\"", "\"2=3\"", "-5"], call.Args.Select(arg => arg.GetRawText()));
        Assert.Equal("b", call.Named["a"].GetString());
        Assert.Equal("http://x?y=1", call.Named["url"].GetString());
    }

    [Fact]
    public void A_parameter_given_twice_is_refused() =>
        Assert.Contains("'a' is given twice", Assert.Throws<UsageException>(() => CallText.Parse(["a=1", "a=2"])).Message, StringComparison.Ordinal);

    [Fact]
    public void A_named_argument_keeps_its_JSON_kind() => Assert.Equal(JsonValueKind.Number, CallText.Parse(["n=1"]).Named["n"].ValueKind);

    [Theory]
    [InlineData("022", 18)]
    [InlineData("0777", 511)]
    public void A_umask_is_octal(string text, int mask) => Assert.Equal(mask, OptionText.Umask(text));

    [Theory]
    [InlineData("8")]
    [InlineData("")]
    [InlineData("1777")]
    public void A_bad_umask_is_refused(string text) => Assert.Throws<UsageException>(() => OptionText.Umask(text));

    private static FakeTimeProvider Berlin()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));
        time.SetLocalTimeZone(TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"));
        return time;
    }
}
