namespace FileRepository.Manifests;

/// <summary>Paths that can all exist below one directory at once, even where <c>a</c> and <c>A</c> are one name.</summary>
public sealed class PathSet
{
    private readonly Dictionary<string, string> _files = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> _directories = new(StringComparer.OrdinalIgnoreCase);

    /// <exception cref="FormatException">It cannot exist beside one that was added before; the message names both.</exception>
    public void Add(RelativePath path)
    {
        var name = path.Value;
        if (_files.TryGetValue(name, out var twin))
            throw new FormatException(twin == name ? $"The path '{name}' is there twice." : $"The paths '{twin}' and '{name}' differ only in case.");
        if (_directories.TryGetValue(name, out var below))
            throw new FormatException($"The path '{name}' is a file, but '{below}' needs it as a directory.");
        foreach (var directory in Parents(name))
        {
            if (_files.TryGetValue(directory, out var file))
                throw new FormatException($"The path '{file}' is a file, but '{name}' needs it as a directory.");
            _directories.TryAdd(directory, name);
        }
        _files.Add(name, name);
    }

    private static IEnumerable<string> Parents(string path)
    {
        for (var slash = path.IndexOf('/'); slash >= 0; slash = path.IndexOf('/', slash + 1))
            yield return path[..slash];
    }
}
