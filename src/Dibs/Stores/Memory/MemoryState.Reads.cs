using Dibs.Reservations;

namespace Dibs.Stores.Memory;

internal sealed partial class MemoryState
{
    private const int ResourcesShown = 1000;

    public IReadOnlyList<StoredJob> Get(IReadOnlyList<string> ids, JobParts parts) =>
        [.. ids.Select(id => _jobs.GetValueOrDefault(id)).OfType<MemoryJob>().Select(job => Snapshot(job, parts))];

    public JobPage List(JobQuery query)
    {
        var before = PageCursor.Before(query);
        var page = _jobs.Values.Where(job => job.Sequence < before && Matches(job, query)).OrderByDescending(job => job.Sequence).Take(query.Limit + 1).ToArray();
        var next = page.Length > query.Limit ? PageCursor.After(page[query.Limit - 1].Sequence) : null;
        return new JobPage([.. page.Take(query.Limit).Select(job => Snapshot(job, query.Parts))], next);
    }

    public Survey Survey(SurveyParts parts) => new()
    {
        Now = StoreTime.FromMicroseconds(Now),
        Ticket = _heart.LastTicket,
        Pending = _heart.PendingCount,
        Queues = parts.HasFlag(SurveyParts.Queues) ? [.. SurveyQueues()] : [],
        Workers = parts.HasFlag(SurveyParts.Workers) ? [.. SurveyWorkers()] : [],
        Resources = parts.HasFlag(SurveyParts.Resources) ? [.. SurveyResources()] : [],
    };

    public WhyRecord? Why(string id) => WhyAnswer.Compose(id, StoreTime.FromMicroseconds(Now), other => _jobs.TryGetValue(other, out var job) ? Facts(job) : null);

    private static bool Matches(MemoryJob job, JobQuery query) =>
        (query.States.Count == 0 || query.States.Contains(job.State))
        && (query.Queue is null || query.Queue == job.Source.Queue)
        && (query.Method is null || query.Method == job.Source.Method)
        && (query.Worker is null || query.Worker == job.WorkerName)
        && (query.Since is not { } since || job.CreatedAt >= StoreTime.ToMicroseconds(since))
        && (query.Resource is null || job.Source.Reservations.Any(reservation => reservation.Resource == query.Resource))
        && query.Labels.All(label => job.Source.Labels.TryGetValue(label.Key, out var value) && value == label.Value);

    private StoredJob Snapshot(MemoryJob job, JobParts parts)
    {
        var details = parts.HasFlag(JobParts.Details);
        return new StoredJob
        {
            Record = new JobRecord
            {
                Id = job.Id,
                Namespace = _namespace,
                Method = job.Source.Method,
                Queue = job.Source.Queue,
                Priority = job.Source.Priority,
                State = job.State,
                Reason = job.Reason,
                Reservations = job.Places.Length == 0 ? null : [.. job.Places.Select(place =>
                    new ReservationRecord(place.Reservation.Resource, place.Reservation.Mode, place.Reservation.Capacity, place.Held))],
                After = job.Source.After.Count == 0 ? null : [.. job.Source.After],
                Parent = job.Source.Parent,
                RequeueOf = job.RequeueOf,
                Labels = job.Source.Labels.Count == 0 ? null : job.Source.Labels,
                Ticket = job.Ticket == 0 ? null : job.Ticket,
                Attempt = job.Attempt == 0 ? null : job.Attempt,
                Fence = job.Attempt == 0 ? null : job.Fence,
                Worker = job.WorkerName,
                OnWorkerLost = job.Source.OnWorkerLost == OnWorkerLost.Fail ? null : job.Source.OnWorkerLost,
                CreatedAt = StoreTime.FromMicroseconds(job.CreatedAt),
                RunAt = StoreTime.FromMicroseconds(job.RunAt),
                AdmittedAt = StoreTime.FromMicroseconds(job.AdmittedAt),
                ReadyAt = StoreTime.FromMicroseconds(job.ReadyAt),
                StartedAt = StoreTime.FromMicroseconds(job.StartedAt),
                FinishedAt = StoreTime.FromMicroseconds(job.FinishedAt),
                Attempts = details && job.Attempt > 0 ? job.Attempts : null,
                Progress = details && job.Reports is { Progress: { Count: > 0 } progress } ? [.. progress] : null,
                Created = details && job.Reports is { Created: { Count: > 0 } created } ? [.. created] : null,
                Exit = details ? job.Exit : null,
                Error = details ? job.Error : null,
            },
            Content = details ? job.Source.Content : default(ReadOnlyMemory<byte>?),
            Result = details ? job.Result : null,
            Lines = parts.HasFlag(JobParts.Logs) && job.Reports is { } reports ? [.. reports.Lines] : [],
        };
    }

    private IEnumerable<QueueRecord> SurveyQueues()
    {
        var jobs = _jobs.Values.ToLookup(job => job.Source.Queue, StringComparer.Ordinal);
        return jobs.Select(queue => queue.Key)
            .Union(_workers.Values.Where(worker => worker.MayClaim).SelectMany(worker => worker.Registration.Queues))
            .Order(StringComparer.Ordinal)
            .Select(name => new QueueRecord
            {
                Name = name,
                Counts = jobs[name].GroupBy(job => job.State).OrderBy(group => group.Key).ToDictionary(group => group.Key, group => (long)group.Count()),
                Workers = _workers.Values.Count(worker => worker.Serves(name)),
                OldestReadyAt = StoreTime.FromMicroseconds(_ready.In(name).Min(job => job.ReadyAt)),
            });
    }

    private IEnumerable<WorkerRecord> SurveyWorkers() => _workers.Values
        .OrderBy(worker => worker.Registration.Name, StringComparer.Ordinal)
        .ThenBy(worker => worker.StartedAt)
        .ThenBy(worker => worker.Registration.Incarnation, StringComparer.Ordinal)
        .Select(worker => new WorkerRecord
        {
            Registration = worker.Registration,
            StartedAt = StoreTime.FromMicroseconds(worker.StartedAt),
            BeatAt = StoreTime.FromMicroseconds(worker.BeatAt),
            Beat = worker.Beat,
            Memory = worker.Memory,
            Asked = worker.Asked,
            Jobs = [.. worker.Jobs.Select(job => job.Id)],
            Overdue = worker.Overdue,
        });

    private IEnumerable<ResourceRecord> SurveyResources() => _heart.Resources.Values
        .OrderBy(resource => resource.Line.First is { } head ? ((MemoryJob)head.Job).AdmittedAt : long.MaxValue)
        .ThenBy(resource => resource.Name, StringComparer.Ordinal)
        .Take(ResourcesShown)
        .Select(resource => new ResourceRecord
        {
            Name = resource.Name,
            Mode = resource.HeldMode,
            Capacity = resource.Capacity,
            Holders = Holders(resource),
            HolderCount = resource.Holders.Count,
            Line = [.. resource.Line.Take(Limits.HoldersShown).Select(place =>
                new ResourceWaiter(((MemoryJob)place.Job).Id, place.Reservation.Mode, StoreTime.FromMicroseconds(((MemoryJob)place.Job).AdmittedAt!.Value)))],
            WaitingCount = resource.Line.Count,
        });

    private static WhyHolder[] Holders(Resource resource) =>
        [.. resource.Holders.Take(Limits.HoldersShown).Select(place => (MemoryJob)place.Job).Select(job => new WhyHolder(job.Id, job.State, RunningOn(job), Since(job)))];

    private WhyFacts Facts(MemoryJob job) => new(job.Id, job.State, job.Reason, job.WorkerName, Since(job), [.. Causes(job)])
    {
        Queue = job.State == JobState.Ready ? WhyQueue(job) : null,
        Attempt = job.Worker is { } worker ? new WhyAttempt(worker.Registration.Isolation, job.Source.Method, job.Source.Content, Heard(worker)) : null,
    };

    private static IEnumerable<WhyCause> Causes(MemoryJob job)
    {
        if (job.State == JobState.Scheduled)
            yield return new WhyCause { Kind = "scheduled", RunAt = StoreTime.FromMicroseconds(job.RunAt) };
        if (job.State is JobState.Scheduled or JobState.Blocked && job.Ticket == 0)
        {
            foreach (var dependency in job.After.Where(other => !other.Ended))
                yield return new WhyCause { Kind = "dependency", Id = dependency.Id, State = dependency.State };
        }
        if (job.State == JobState.Blocked)
        {
            foreach (var place in job.Places.Where(place => place.Resource is not null && !place.Held && !IsNext(place)))
                yield return ReservationCause(place);
            if (IsAdvancing(job))
                yield return new WhyCause { Kind = "advancing" };
        }
    }

    private WhyQueue WhyQueue(MemoryJob job)
    {
        var queue = job.Source.Queue;
        var servers = _workers.Values.Where(worker => worker.Serves(queue))
            .Select(worker => new WhyServer(worker.Registration.Name, worker.Registration.Slots, worker.Jobs.Count, worker.Overdue.Count, Heard(worker)))
            .ToArray();
        return new WhyQueue(queue, CountUntil(_ready.In(queue), job), servers.Length, servers);
    }

    private static LastHeard Heard(MemoryWorker worker) => new(StoreTime.FromMicroseconds(worker.BeatAt), worker.Registration.Lease);

    private static WhyCause ReservationCause(Place place) => new()
    {
        Kind = "reservation",
        Resource = place.Resource!.Name,
        Mode = place.Reservation.Mode,
        Ahead = CountUntil(place.Resource.Line.Take(int.MaxValue), place),
        Holders = Holders(place.Resource),
        HolderCount = place.Resource.Holders.Count,
        Next = ((MemoryJob)place.Resource.Line.First!.Job).Id,
    };

    /// <summary>Nothing keeps the job back but work that is pending: its dependencies have all ended, or it is first in line and fits.</summary>
    private static bool IsAdvancing(MemoryJob job) =>
        job.Ticket == 0 ? job.After.All(other => other.Ended) : job.Places.Any(place => !place.Held && IsNext(place));

    private static bool IsNext(Place place) => place.Resource is { HeadFits: true } resource && resource.Line.First == place;

    private static int CountUntil<T>(IEnumerable<T> line, T item) where T : class =>
        line.Take(Limits.AheadCounted).TakeWhile(other => other != item).Count();

    private static string? RunningOn(MemoryJob job) => job.State.IsRunning() ? job.WorkerName : null;

    private static DateTimeOffset? Since(MemoryJob job) => StoreTime.FromMicroseconds(job.State switch
    {
        JobState.Scheduled => job.CreatedAt,
        JobState.Blocked => job.AdmittedAt ?? job.CreatedAt,
        JobState.Ready => job.ReadyAt,
        JobState.Running => job.StartedAt,
        JobState.Canceling => job.CancelingAt,
        JobState.Completed or JobState.Failed or JobState.Canceled => job.FinishedAt,
    });
}
