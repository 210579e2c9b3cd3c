using System.Collections.ObjectModel;
using System.Text.Json;

namespace Dibs.Jobs;

/// <summary>What a job is to do, as the caller gave it: a method with its arguments, or a command.</summary>
internal sealed record JobCall
{
    public string? Method { get; init; }
    public IReadOnlyList<JsonElement> Args { get; init; } = [];
    public IReadOnlyDictionary<string, JsonElement> Named { get; init; } = ReadOnlyDictionary<string, JsonElement>.Empty;
    public IReadOnlyList<string>? Command { get; init; }
    public IReadOnlyDictionary<string, string> Env { get; init; } = ReadOnlyDictionary<string, string>.Empty;
}
