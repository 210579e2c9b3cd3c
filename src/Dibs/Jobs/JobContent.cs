using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Dibs.Jobs;

/// <summary>The part of a job that only its client and its worker understand. The store keeps it as bytes.</summary>
internal sealed record JobContent
{
    public IReadOnlyList<JsonElement>? Args { get; init; }
    public IReadOnlyDictionary<string, JsonElement>? Named { get; init; }
    public IReadOnlyList<string>? Command { get; init; }
    public IReadOnlyDictionary<string, string>? Env { get; init; }
    public string? Description { get; init; }
    public string? Traceparent { get; init; }

    [JsonConverter(typeof(SecondsConverter))]
    public TimeSpan? Timeout { get; init; }

    // It is never a part of a page, so letters stay as they are: escaped, one of two bytes would take six of the limit.
    private static readonly JobJson Plain = new(new JsonSerializerOptions(JobJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, Plain.JobContent);

    /// <summary>The time-out in the content of a job, if it has one. Content that cannot be read has none: what runs it says so.</summary>
    public static TimeSpan? TimeoutIn(ReadOnlySpan<byte> bytes)
    {
        // Few jobs have one, and reading all of the content twice would cost more than running a small job.
        if (bytes.IndexOf("\"timeout\""u8) < 0)
            return null;
        try
        {
            return FromBytes(bytes).Timeout;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public static JobContent FromBytes(ReadOnlySpan<byte> bytes) =>
        JsonSerializer.Deserialize(bytes, JobJson.Default.JobContent) ?? throw new JsonException("The content of a job is null.");
}

/// <summary>How our own types become JSON: camelCase, enums as lower-case text, absent values left out.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(JobContent))]
[JsonSerializable(typeof(JobRecord))]
[JsonSerializable(typeof(WhyRecord))]
[JsonSerializable(typeof(JobError))]
[JsonSerializable(typeof(ExitRecord))]
[JsonSerializable(typeof(ProgressRecord))]
[JsonSerializable(typeof(IReadOnlyList<AttemptRecord>))]
[JsonSerializable(typeof(IReadOnlyList<ProgressRecord>))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
internal sealed partial class JobJson : JsonSerializerContext;
