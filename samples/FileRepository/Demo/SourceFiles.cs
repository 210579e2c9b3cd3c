using System.Runtime.InteropServices;
using FileRepository.Manifests;
using Microsoft.AspNetCore.Builder;

namespace FileRepository.Demo;

/// <summary>A file of this machine, under the path by which a remote offers it.</summary>
internal sealed record SourceFile(ManifestEntry Entry, string Source);

/// <summary>Real files that are on any machine that can build .NET: parts of the SDK itself.</summary>
internal static class SourceFiles
{
    private const int LeastFiles = 300;
    private const long LeastBytes = 60_000_000;

    /// <summary>Three sets, by name.</summary>
    /// <exception cref="DemoException">They are not where an SDK has them, or too few.</exception>
    public static async Task<IReadOnlyDictionary<string, IReadOnlyList<SourceFile>>> FindAsync(CancellationToken cancellationToken)
    {
        var runtime = RuntimeEnvironment.GetRuntimeDirectory();
        var sets = new Dictionary<string, IReadOnlyList<SourceFile>>
        {
            ["runtime"] = await ReadAsync(runtime, 32_000_000, cancellationToken),
            ["aspnet"] = await ReadAsync(Path.GetDirectoryName(typeof(WebApplication).Assembly.Location)!, 24_000_000, cancellationToken),
            ["sdk"] = await ReadAsync(FindSdk(runtime), 40_000_000, cancellationToken),
        };
        var files = sets.Values.SelectMany(set => set).ToList();
        var bytes = files.Sum(file => file.Entry.Size);
        if (files.Count < LeastFiles || bytes < LeastBytes)
            throw new DemoException($"The .NET SDK here gives {files.Count} files of {bytes} bytes; the demo needs {LeastFiles} of {LeastBytes}. Install a complete SDK.");
        return sets;
    }

    /// <summary>Files in the order of their paths, up to so many bytes; large ones are left out so that there are many.</summary>
    private static async Task<IReadOnlyList<SourceFile>> ReadAsync(string directory, long bytes, CancellationToken cancellationToken)
    {
        const long Large = 3_000_000;
        var files = new List<SourceFile>();
        foreach (var file in new DirectoryInfo(directory).EnumerateFiles("*", SearchOption.AllDirectories).OrderBy(file => file.FullName, StringComparer.Ordinal))
        {
            if (file.Length > Math.Min(Large, bytes))
                continue;
            bytes -= file.Length;
            var path = RelativePath.Parse(Path.GetRelativePath(directory, file.FullName).Replace(Path.DirectorySeparatorChar, '/'));
            files.Add(new SourceFile(new ManifestEntry(path, await Digest.OfFileAsync(file.FullName, cancellationToken), file.Length), file.FullName));
        }
        return files;
    }

    /// <summary>The newest SDK below the directory that this runtime is part of, or below DOTNET_ROOT.</summary>
    private static string FindSdk(string runtime)
    {
        string[] roots = [Path.GetFullPath(Path.Combine(runtime, "../../..")), Environment.GetEnvironmentVariable("DOTNET_ROOT") ?? ""];
        return roots.Where(root => root.Length > 0).Select(root => Path.Combine(root, "sdk")).Where(Directory.Exists)
            .SelectMany(Directory.EnumerateDirectories)
            .MaxBy(sdk => Version.TryParse(Path.GetFileName(sdk).Split('-')[0], out var version) ? version : new Version())
            ?? throw new DemoException($"There is no .NET SDK below {string.Join(" or ", roots)}; set DOTNET_ROOT to the directory that has one.");
    }
}
