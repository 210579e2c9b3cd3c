namespace Dibs.Stores;

/// <summary>What a store is.</summary>
/// <param name="Kind"><c>memory</c>, <c>sqlite</c>, …</param>
/// <param name="Location">File or address, without secrets.</param>
/// <param name="Schema">Version of the schema.</param>
public sealed record StoreDescription(string Kind, string Location, int Schema)
{
    /// <summary>What is not as it should be and yet no reason to refuse it, each with its remedy, one line each. Default: nothing.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}
