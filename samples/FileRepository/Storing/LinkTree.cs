using FileRepository.Manifests;

namespace FileRepository.Storing;

/// <summary>Files below a directory that are links to files elsewhere.</summary>
internal static class LinkTree
{
    /// <summary>
    /// Puts a link at <paramref name="path"/> below <paramref name="root"/>. The target is stored relative to the link, so
    /// that the whole storage can be moved.
    /// </summary>
    /// <exception cref="IOException">Something stands in the way: a file or a link where a directory is needed, or anything at the place of the link.</exception>
    public static void Add(string root, RelativePath path, string target)
    {
        var directory = root;
        foreach (var segment in path.Segments.SkipLast(1))
            directory = Descend(directory, segment);
        File.CreateSymbolicLink(Path.Combine(directory, path.Segments[^1]), Path.GetRelativePath(directory, target));
    }

    /// <summary>Never through a link: it could lead outside.</summary>
    private static string Descend(string directory, string segment)
    {
        var next = new DirectoryInfo(Path.Combine(directory, segment));
        next.Create();
        return next.LinkTarget is null ? next.FullName : throw new IOException($"'{next.FullName}' is a link where a directory is needed.");
    }
}
