using System.Collections.ObjectModel;

namespace Dibs.Stores;

/// <summary>Parts of a job that are read only when asked for.</summary>
[Flags]
public enum JobParts
{
    /// <summary>State, times, reservations and the like.</summary>
    None = 0,

    /// <summary>Content, result, error, attempts, progress, created.</summary>
    Details = 1,

    /// <summary>Log lines.</summary>
    Logs = 2,
}

/// <summary>A job as the store keeps it.</summary>
public sealed record StoredJob
{
    /// <summary>All but what is in <see cref="Content"/> and <see cref="Result"/>.</summary>
    public required JobRecord Record { get; init; }

    /// <summary>The content as it was stored; with <see cref="JobParts.Details"/>.</summary>
    public ReadOnlyMemory<byte>? Content { get; init; }

    /// <summary>The result as it was stored; with <see cref="JobParts.Details"/>.</summary>
    public ReadOnlyMemory<byte>? Result { get; init; }

    /// <summary>Log lines of the last attempt in order; with <see cref="JobParts.Logs"/>.</summary>
    public IReadOnlyList<LogLine> Lines { get; init; } = [];
}

/// <summary>Which jobs. What is null does not matter.</summary>
public sealed record JobQuery
{
    /// <summary>In one of these states.</summary>
    public IReadOnlyList<JobState> States { get; init; } = [];

    /// <summary>Of this queue.</summary>
    public string? Queue { get; init; }

    /// <summary>That reserve this resource.</summary>
    public string? Resource { get; init; }

    /// <summary>Of this method.</summary>
    public string? Method { get; init; }

    /// <summary>With all these labels.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Whose last attempt was on a worker of this name.</summary>
    public string? Worker { get; init; }

    /// <summary>Stored at this time or later.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Most jobs in the page, 1 to <see cref="Limits.PageSize"/>.</summary>
    public int Limit { get; init; } = 50;

    /// <summary><see cref="JobPage.Next"/> of the page before.</summary>
    public string? Cursor { get; init; }

    /// <summary>What to read of each.</summary>
    public JobParts Parts { get; init; }
}

/// <summary>A page of jobs.</summary>
/// <param name="Jobs">Newest first.</param>
/// <param name="Next">Cursor of the next page, if there may be one.</param>
public sealed record JobPage(IReadOnlyList<StoredJob> Jobs, string? Next);
