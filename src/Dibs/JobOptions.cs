using System.Collections.ObjectModel;
using System.Text.Json.Serialization;

namespace Dibs;

/// <summary>What becomes of a job whose attempt was lost with its worker or job host, or interrupted by its worker, before an outcome was stored.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<OnWorkerLost>))]
public enum OnWorkerLost
{
    /// <summary>It fails, so that it never starts twice. The default.</summary>
    [JsonStringEnumMemberName("fail")]
    Fail,

    /// <summary>
    /// It is ready again with its place and its reservations, as often as it is interrupted, and until it was lost
    /// <see cref="Limits.Losses"/> times. For code that may run twice.
    /// </summary>
    [JsonStringEnumMemberName("retry")]
    Retry,
}

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

    /// <summary>
    /// How long one attempt may run: then it is asked to stop, and after the grace killed where it can be, and the job fails with the reason
    /// <c>timeout</c>. Default: no limit. 1 millisecond to 365 days.
    /// </summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>
    /// What becomes of it when its worker or job host is lost while it runs, or has to stop before it has ended. Default
    /// <see cref="OnWorkerLost.Fail"/>: it starts at most once.
    /// </summary>
    public OnWorkerLost OnWorkerLost { get; init; }

    /// <summary>Names and values to find it by; at most 64.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Text for people, at most 4,096 bytes.</summary>
    public string? Description { get; init; }
}
