using System.Text.Json.Serialization;
using Dibs.Stores;

namespace Dibs.Redis.Records;

/// <summary>What is kept as JSON, because the scripts do not look into it.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(WorkerRegistration))]
[JsonSerializable(typeof(JobError))]
[JsonSerializable(typeof(ExitRecord))]
[JsonSerializable(typeof(ProgressRecord))]
internal sealed partial class RedisJson : JsonSerializerContext;
