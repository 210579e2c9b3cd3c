using System.Collections.ObjectModel;

namespace Dibs;

/// <summary>What a job is given besides its call. All of it is optional.</summary>
public sealed record JobOptions
{
    /// <summary>
    /// The id: <c>[A-Za-z0-9._:-]{1,128}</c>. Default: a random one. Enqueueing the same content under the same id again
    /// returns the one job, in whatever state; other content is refused.
    /// </summary>
    public string? Id { get; init; }

    /// <summary>The queue. Default <c>default</c>; 1 to 256 bytes.</summary>
    public string Queue { get; init; } = "default";

    /// <summary>Resources that nobody else may touch meanwhile. A resource named in both lists is exclusive.</summary>
    public IReadOnlyList<string> Exclusive { get; init; } = [];

    /// <summary>Resources that it shares with other shared holders.</summary>
    public IReadOnlyList<SharedResource> Shared { get; init; } = [];

    /// <summary>Ids of jobs that must complete first. If one of them fails or is canceled, this job is canceled with the reason <c>dependency</c>.</summary>
    public IReadOnlyList<string> After { get; init; } = [];

    /// <summary>−100 to 100, default 0: a larger one is claimed as if it had been ready 6 seconds earlier per point. It never reorders who waits for a resource.</summary>
    public int Priority { get; init; }

    /// <summary>Due so long after it was stored. Default: at once. At least zero; not together with <see cref="RunAt"/>.</summary>
    public TimeSpan? Delay { get; init; }

    /// <summary>Due at this time. Default: at once.</summary>
    public DateTimeOffset? RunAt { get; init; }

    /// <summary>Names and values to find it by; at most 64.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Text for people, at most 4,096 bytes.</summary>
    public string? Description { get; init; }
}
