namespace FileRepository;

/// <summary>How much of a remote a sync takes in, and how long it tries. What goes over a limit fails the sync.</summary>
public sealed record SyncLimits
{
    public static SyncLimits Default { get; } = new();

    /// <summary>For what was taken in before, under whatever limits there were.</summary>
    internal static SyncLimits None { get; } = new() { ManifestBytes = int.MaxValue, Entries = int.MaxValue, FileBytes = long.MaxValue };

    /// <summary>Size of a manifest in bytes. Default 32 MiB, which is room for some 250,000 lines.</summary>
    public int ManifestBytes { get; init; } = 32 << 20;

    /// <summary>Files in a manifest. Default 100,000.</summary>
    public int Entries { get; init; } = 100_000;

    /// <summary>Size of one file in bytes. Default 8 GiB.</summary>
    public long FileBytes { get; init; } = 8L << 30;

    /// <summary>Files downloaded at once by one sync. Default 8.</summary>
    public int Downloads { get; init; } = 8;

    /// <summary>How long a remote may send nothing. Default 30 seconds.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a file is asked for whose connection breaks or whose server is busy. Default 4.</summary>
    public int Tries { get; init; } = 4;

    /// <summary>Before it is asked for again; twice as long each time. Default half a second.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(0.5);
}
