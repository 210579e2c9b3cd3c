using Dibs.Stores;

namespace Dibs.Cli.Output;

/// <summary>The shape of every list.</summary>
internal sealed record ItemsDocument<T>(IReadOnlyList<T> Items, string? Next = null);

/// <summary>The shape of every failure.</summary>
internal sealed record ErrorDocument(ErrorRecord Error);

internal sealed record ErrorRecord(string Code, string Message);

/// <summary>What became of several jobs or workers; with the first error, if one could not be changed.</summary>
internal sealed record ChangeDocument<T>(IReadOnlyList<T> Items, ErrorRecord? Error = null);

internal sealed record ChangeItem(string Id, JobState State);

/// <summary>What the workers of a name are asked.</summary>
internal sealed record AskedItem(string Name, WorkerRequest Asked);

internal sealed record VerifyDocument(IReadOnlyList<Drift> Items, int Checked);

/// <summary>What has a name of its own.</summary>
internal interface INamed
{
    string Name { get; }
}

internal sealed record QueueItem(string Name, IReadOnlyDictionary<string, long> Counts, int Workers, DateTimeOffset? OldestReadyAt) : INamed
{
    public static QueueItem Of(QueueRecord queue) =>
        new(queue.Name, queue.Counts.OrderBy(count => count.Key).ToDictionary(count => count.Key.ToText(), count => count.Value), queue.Workers, queue.OldestReadyAt);
}

internal sealed record WorkerItem(
    string Name, string Incarnation, string Host, int Pid, string Version, IReadOnlyList<string> Queues, int Slots, TimeSpan Lease,
    DateTimeOffset StartedAt, DateTimeOffset BeatAt, TimeSpan BeatAge, long Beat, long? Memory, WorkerRequest? Asked, bool? Missing, Isolation Isolation, IReadOnlyList<string> Jobs,
    IReadOnlyList<string>? Overdue) : INamed
{
    public static WorkerItem Of(WorkerRecord worker, DateTimeOffset now)
    {
        var it = worker.Registration;
        var age = now > worker.BeatAt ? now - worker.BeatAt : TimeSpan.Zero;
        return new WorkerItem(
            it.Name, it.Incarnation, it.Host, it.Pid, it.Version, it.Queues, it.Slots, it.Lease, worker.StartedAt, worker.BeatAt, age, worker.Beat,
            worker.Memory == 0 ? null : worker.Memory, worker.Asked == WorkerRequest.None ? null : worker.Asked,
            worker.Heard.IsMissing(now) ? true : null, it.Isolation, worker.Jobs, worker.Overdue.Count == 0 ? null : worker.Overdue);
    }
}

internal sealed record ResourceItem(
    string Name, ReservationMode? Mode, int? Capacity, IReadOnlyList<WhyHolder> Holders, int HolderCount, IReadOnlyList<ResourceWaiter> Line, int WaitingCount) : INamed
{
    public static ResourceItem Of(ResourceRecord resource) =>
        new(resource.Name, resource.Mode, resource.Capacity, resource.Holders, resource.HolderCount, resource.Line, resource.WaitingCount);
}

internal sealed record InfoDocument(
    StoreDescription Store, string Namespace, DateTimeOffset Now, long Ticket, int Pending, IReadOnlyDictionary<string, long> Counts,
    IReadOnlyList<QueueItem> Queues, IReadOnlyList<WorkerItem> Workers, OldestWaiting? OldestWaiting);

/// <summary>What a worker says of itself when it starts.</summary>
internal sealed record WorkerStart(
    string Name, int Pid, string Store, string Namespace, IReadOnlyList<string> Queues, int Slots, TimeSpan Lease, IReadOnlyList<string> Runs, string Isolation);

/// <summary>What a health file says.</summary>
internal sealed record HealthDocument(string Name, int Pid, string State, DateTimeOffset LastBeat);

/// <summary>The job that has waited longest; without an id when only its queue is known.</summary>
internal sealed record OldestWaiting(string? Id, JobState State, string Queue, DateTimeOffset Since);
