namespace Dibs.Sqlite.Raw;

/// <summary>One statement of the folder Sql, where its purpose, parameters, result, guarantee and cost are written.</summary>
/// <param name="Index">Its place among all, by which connections keep it prepared.</param>
/// <param name="Name">Name of the file.</param>
/// <param name="Text">The file.</param>
internal sealed record SqlText(int Index, string Name, string Text);
