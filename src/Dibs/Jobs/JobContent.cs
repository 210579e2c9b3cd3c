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

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, JobJson.Default.JobContent);

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
