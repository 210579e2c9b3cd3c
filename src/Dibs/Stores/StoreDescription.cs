namespace Dibs.Stores;

/// <summary>What a store is.</summary>
/// <param name="Kind"><c>memory</c>, <c>sqlite</c>, …</param>
/// <param name="Location">File or address, without secrets.</param>
/// <param name="Schema">Version of the schema.</param>
public sealed record StoreDescription(string Kind, string Location, int Schema);
