using System.Security.Cryptography;
using System.Text;
using Dibs.Stores;

namespace Dibs.Tests.Support;

/// <summary>Jobs as a client would send them, with everything optional. Import with <c>using static</c>.</summary>
public static class SampleJobs
{
    public const string DefaultQueue = "default";

    /// <summary>A job to store; the digest follows from the content, as a client's does.</summary>
    public static NewJob Job(
        string id,
        IEnumerable<string>? exclusive = null,
        IEnumerable<SharedResource>? shared = null,
        IReadOnlyList<string>? after = null,
        string queue = DefaultQueue,
        int priority = 0,
        TimeSpan? delay = null,
        DateTimeOffset? runAt = null,
        string? method = "Sample.Run",
        string content = "{}",
        IReadOnlyDictionary<string, string>? labels = null,
        string? parent = null,
        OnWorkerLost onWorkerLost = OnWorkerLost.Fail) => new()
        {
            Id = id,
            Digest = SHA256.HashData(Encoding.UTF8.GetBytes(content)),
            Method = method,
            Content = Encoding.UTF8.GetBytes(content),
            Queue = queue,
            Priority = priority,
            Reservations = Reservations(exclusive ?? [], shared ?? []),
            After = after ?? [],
            Delay = delay,
            RunAt = runAt,
            Labels = labels ?? new Dictionary<string, string>(),
            Parent = parent,
            OnWorkerLost = onWorkerLost,
        };

    /// <summary>Jobs <c>PREFIX1</c>, <c>PREFIX2</c>, … of one kind.</summary>
    public static NewJob[] Many(int count, Func<string, NewJob> make, string prefix = "j") =>
        [.. Enumerable.Range(1, count).Select(n => make($"{prefix}{n}"))];

    public static string[] Ids(int count, string prefix = "j") => [.. Enumerable.Range(1, count).Select(n => $"{prefix}{n}")];

    private static Reservation[] Reservations(IEnumerable<string> exclusive, IEnumerable<SharedResource> shared) =>
    [
        .. exclusive.Select(name => new Reservation(name, ReservationMode.Exclusive))
            .Concat(shared.Select(resource => new Reservation(resource.Name, ReservationMode.Shared, resource.Capacity)))
            .OrderBy(reservation => reservation.Resource, StringComparer.Ordinal),
    ];
}
