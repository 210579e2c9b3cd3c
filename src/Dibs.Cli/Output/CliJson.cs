using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Dibs.Bench;

namespace Dibs.Cli.Output;

/// <summary>The JSON of the command line: camelCase, times ISO-8601 in UTC to the microsecond, all of one length, durations in seconds, absent values left out.</summary>
[JsonSerializable(typeof(JobRecord))]
[JsonSerializable(typeof(WhyRecord))]
[JsonSerializable(typeof(ErrorDocument))]
[JsonSerializable(typeof(LogLine))]
[JsonSerializable(typeof(InfoDocument))]
[JsonSerializable(typeof(VerifyDocument))]
[JsonSerializable(typeof(WorkerStart))]
[JsonSerializable(typeof(HealthDocument))]
[JsonSerializable(typeof(BenchReport))]
[JsonSerializable(typeof(ChangeDocument<ChangeItem>))]
[JsonSerializable(typeof(ChangeDocument<AskedItem>))]
[JsonSerializable(typeof(ItemsDocument<JobRecord>))]
[JsonSerializable(typeof(ItemsDocument<LogLine>))]
[JsonSerializable(typeof(ItemsDocument<QueueItem>))]
[JsonSerializable(typeof(ItemsDocument<WorkerItem>))]
[JsonSerializable(typeof(ItemsDocument<ResourceItem>))]
internal sealed partial class CliJson : JsonSerializerContext
{
    public static CliJson Shared { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        // This is no HTML: 'é' and '<' may stay readable. Control characters are escaped all the same.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new UtcTime(), new SecondsConverter() },
    });

    private sealed class UtcTime : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset();

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture));
    }
}
