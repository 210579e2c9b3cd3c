using Dibs.Reservations;

namespace Dibs.Stores.Memory;

/// <summary>A job in memory: its place in the heart, and all that is known of it besides.</summary>
internal sealed class MemoryJob(long sequence, NewJob source, long createdAt, long? runAt) : HeartJob(source.Reservations)
{
    private const int AttemptsKept = 32;

    /// <summary>Order of creation.</summary>
    public long Sequence { get; } = sequence;

    public NewJob Source { get; } = source;
    public string Id => Source.Id;
    public string? RequeueOf { get; init; }
    public MemoryJob[] After { get; set; } = [];

    public JobState State { get; set; }
    public string? Reason { get; set; }
    public int Attempt { get; set; }
    public long Fence { get; set; }
    public string? WorkerName { get; set; }

    /// <summary>The incarnation that runs it; null while none does.</summary>
    public MemoryWorker? Worker { get; set; }

    /// <summary>Heartbeats in a row that did not name the running attempt.</summary>
    public int Unnamed { get; set; }

    public long CreatedAt { get; } = createdAt;
    public long? RunAt { get; } = runAt;
    public long? AdmittedAt { get; set; }
    public long? ReadyAt { get; set; }
    public long? StartedAt { get; set; }
    public long? CancelingAt { get; set; }
    public long? FinishedAt { get; set; }

    /// <summary>What ready jobs of its queue are claimed by, besides the ticket.</summary>
    public long ReadyKey => StoreTime.ReadyKey(ReadyAt!.Value, Source.Priority);

    public List<AttemptRecord> Attempts { get; } = [];
    public List<ProgressRecord> Progress { get; } = [];
    public List<string> Created { get; } = [];

    /// <summary>Lines of the last attempt.</summary>
    public List<LogLine> Lines { get; } = [];

    /// <summary>Number of the line after <see cref="Lines"/>.</summary>
    public long NextLine { get; private set; }

    public ReadOnlyMemory<byte>? Result { get; set; }
    public ExitRecord? Exit { get; set; }
    public JobError? Error { get; set; }

    public AttemptKey Key => new(Id, Attempt, Fence);

    public void BeginAttempt(MemoryWorker worker, long fence, long now)
    {
        State = JobState.Running;
        Attempt++;
        Fence = fence;
        Worker = worker;
        WorkerName = worker.Registration.Name;
        Unnamed = 0;
        Lines.Clear();
        NextLine = 0;
        StartedAt = now;
        if (Attempts.Count == AttemptsKept)
            Attempts.RemoveAt(0);
        Attempts.Add(new AttemptRecord { N = Attempt, Worker = WorkerName, StartedAt = StoreTime.FromMicroseconds(now) });
        worker.Jobs.Add(this);
    }

    public void EndAttempt(string? reason, JobError? error, long now)
    {
        Worker!.Jobs.Remove(this);
        Worker = null;
        Attempts[^1] = Attempts[^1] with { FinishedAt = StoreTime.FromMicroseconds(now), Reason = reason, Error = error };
    }

    public void Apply(JobReport report)
    {
        foreach (var progress in report.Progress)
        {
            var known = Progress.FindIndex(other => other.Code == progress.Code);
            if (known >= 0)
                Progress[known] = progress;
            else if (Progress.Count < Limits.ProgressReports)
                Progress.Add(progress);
        }
        foreach (var created in report.Created)
        {
            if (Created.Count < Limits.CreatedResources && !Created.Contains(created))
                Created.Add(created);
        }
        ApplyLines(report);
    }

    private void ApplyLines(JobReport report)
    {
        if (report.Lines.Count == 0)
            return;
        var known = (int)Math.Clamp(NextLine - report.FirstLine, 0, report.Lines.Count);
        Lines.AddRange(report.Lines.Skip(known));
        NextLine = Math.Max(NextLine, report.FirstLine + report.Lines.Count);
        if (Lines.Count > Limits.LogLines)
            Lines.RemoveRange(0, Lines.Count - Limits.LogLines);
    }
}

/// <summary>A live incarnation in memory.</summary>
internal sealed class MemoryWorker(WorkerRegistration registration, long startedAt)
{
    public WorkerRegistration Registration { get; set; } = registration;
    public long StartedAt { get; } = startedAt;
    public long BeatAt { get; set; } = startedAt;
    public long Beat { get; set; }

    /// <summary>Its place in the order of beats of all incarnations: larger is later.</summary>
    public long BeatOrder { get; set; }

    /// <summary>Claims counted, of which every eighth looks at all queues.</summary>
    public long ClaimCount { get; set; }

    public (long Number, ExchangeReply Reply)? LastExchange { get; set; }

    /// <summary>The jobs it runs, in the order of their claims.</summary>
    public List<MemoryJob> Jobs { get; } = [];
}
