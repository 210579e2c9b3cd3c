using FileRepository.Manifests;

namespace FileRepository.Storing;

/// <summary>
/// Everything on disk, below one directory, in plain files:
/// <code>
/// artifacts/ab/cdef…                       the bytes of a file, named by their sha256, stored once whoever needs them
/// repositories/NAME/versions/3/            a complete version: its PULP_MANIFEST
/// repositories/NAME/versions/4.incomplete/ a version that is being made, with the downloads that are under way
/// repositories/NAME/last-sync.json         what the last good sync read, to skip the next one if nothing changed
/// publications/NAME/2/                     a complete publication: PULP_MANIFEST, and links to the artifacts
/// </code>
/// Whatever is there under its final name came by one rename and is complete, so a process may be killed at any point.
/// </summary>
/// <remarks>
/// It takes no locks: who writes a repository or a distribution must be alone there. The reservations of the jobs see to that.
/// </remarks>
public sealed class Storage(string root, SyncLimits? limits = null, Journal? journal = null)
{
    public string Root { get; } = Path.GetFullPath(root);

    public SyncLimits Limits { get; } = limits ?? SyncLimits.Default;

    public ArtifactStore Artifacts { get; } = new(Path.Combine(Path.GetFullPath(root), "artifacts"));

    /// <summary>Where the calls write down what they touch and when, if somebody wants to know.</summary>
    public Journal? Journal => journal;

    /// <exception cref="FormatException">The name is not one that a directory can have everywhere.</exception>
    public Repository Repository(string name) => new(name, DirectoryOf("repositories", name));

    /// <summary>The publications under one name.</summary>
    /// <exception cref="FormatException">The name is not one that a directory can have everywhere.</exception>
    public Series Distribution(string name) => new(DirectoryOf("publications", name));

    private string DirectoryOf(string kind, string name) => RelativePath.Parse(name) is { Segments.Count: 1 }
        ? Path.Combine(Root, kind, name)
        : throw new FormatException($"The name '{name}' has a slash; use one without, such as '{name.Replace('/', '-')}'.");
}
