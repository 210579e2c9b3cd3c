using System.Globalization;

namespace FileRepository.Storing;

/// <summary>
/// Directories named 1, 2, 3 …, each there completely or not at all. One that is being made is called
/// <c>N.incomplete</c> until a rename makes it <c>N</c>. Only one caller at a time may make or remove any.
/// </summary>
public sealed class Series(string directory)
{
    private const string Incomplete = ".incomplete";

    /// <summary>The complete ones, in order.</summary>
    public IReadOnlyList<int> Numbers => Directory.Exists(directory)
        ? [.. Directory.EnumerateDirectories(directory).Select(path => NumberOf(Path.GetFileName(path))).OfType<int>().Order()]
        : [];

    /// <summary>The newest complete one; 0 if there is none.</summary>
    public int Latest => Numbers is [.., var last] ? last : 0;

    public string PathOf(int number) => Path.Combine(directory, number.ToString(CultureInfo.InvariantCulture));

    /// <summary>
    /// Begins the next one, after removing what an earlier caller left incomplete: the caller is alone here, so whoever
    /// began that was killed and will not finish it.
    /// </summary>
    public Draft Begin()
    {
        Directory.CreateDirectory(directory);
        foreach (var left in Directory.EnumerateDirectories(directory, "*" + Incomplete))
            Directory.Delete(left, recursive: true);
        var number = Latest + 1;
        return new Draft(number, PathOf(number) + Incomplete, PathOf(number));
    }

    private static int? NumberOf(string name) =>
        int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}

/// <summary>A directory that is being made. Disposed before it is completed, it leaves nothing behind.</summary>
public sealed class Draft : IDisposable
{
    private readonly string _complete;
    private bool _completed;

    internal Draft(int number, string incomplete, string complete)
    {
        Number = number;
        Path = incomplete;
        _complete = complete;
        Directory.CreateDirectory(incomplete);
    }

    /// <summary>The number that it will have.</summary>
    public int Number { get; }

    /// <summary>Where it is being made.</summary>
    public string Path { get; }

    /// <summary>Makes it appear under its number, in one step.</summary>
    public void Complete()
    {
        Directory.Move(Path, _complete);
        _completed = true;
    }

    public void Dispose()
    {
        if (!_completed)
            Directory.Delete(Path, recursive: true);
    }
}
