namespace Dibs.Stores;

/// <summary>What a running attempt has to say.</summary>
public sealed record JobReport
{
    /// <summary>Which attempt.</summary>
    public required AttemptKey Key { get; init; }

    /// <summary>All its phases that changed, by code; at most 100 codes are kept per job.</summary>
    public IReadOnlyList<ProgressRecord> Progress { get; init; } = [];

    /// <summary>Names of what it made since the last report.</summary>
    public IReadOnlyList<string> Created { get; init; } = [];

    /// <summary>Number of the first of <see cref="Lines"/> in this attempt, from 0: lines that were stored before are not stored twice.</summary>
    public long FirstLine { get; init; }

    /// <summary>Lines it wrote since the last report.</summary>
    public IReadOnlyList<LogLine> Lines { get; init; } = [];

    /// <summary>Lines of this attempt before this number are not worth keeping any more.</summary>
    public long FirstKeptLine { get; init; }
}
