using Dibs.Reservations;

namespace Dibs.Stores.Memory;

/// <summary>A job in memory: its place in the heart, and all that is known of it besides.</summary>
internal sealed class MemoryJob(long sequence, NewJob source, long createdAt, long? runAt) : HeartJob(source.Reservations)
{
    private const int AttemptsKept = 32;

    private List<AttemptRecord>? _earlierAttempts;
    private (long? At, string? Reason, JobError? Error) _attemptEnd;

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

    /// <summary>How often it was lost with its worker or job host.</summary>
    public int Losses { get; set; }

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
    public long ReadyKey { get; private set; }

    /// <summary>What its code reported; null for the many jobs that report nothing.</summary>
    public MemoryReports? Reports { get; private set; }

    public ReadOnlyMemory<byte>? Result { get; set; }
    public ExitRecord? Exit { get; set; }
    public JobError? Error { get; set; }

    public EndingJob Ending => new(State == JobState.Canceling, Source.OnWorkerLost, Losses, WorkerName!);

    public AttemptKey Key => new(Id, Attempt, Fence);

    /// <summary>Its attempts in order, the last 32 of them.</summary>
    public AttemptRecord[] Attempts => Attempt == 0 ? [] : [.. _earlierAttempts ?? [], LastAttempt];

    // Most jobs have one attempt, and nobody looks at it: it is put together when somebody does.
    private AttemptRecord LastAttempt => new()
    {
        N = Attempt,
        Worker = WorkerName!,
        StartedAt = StoreTime.FromMicroseconds(StartedAt!.Value),
        FinishedAt = StoreTime.FromMicroseconds(_attemptEnd.At),
        Reason = _attemptEnd.Reason,
        Error = _attemptEnd.Error,
    };

    public void BecomeReady(long readyAt)
    {
        ReadyAt = readyAt;
        ReadyKey = StoreTime.ReadyKey(readyAt, Source.Priority);
    }

    public void BeginAttempt(MemoryWorker worker, long fence, long now)
    {
        if (Attempt > 0)
            KeepLastAttempt();
        State = JobState.Running;
        Attempt++;
        Fence = fence;
        Worker = worker;
        WorkerName = worker.Registration.Name;
        Unnamed = 0;
        Reports?.ForgetLines();
        StartedAt = now;
        _attemptEnd = default;
        worker.Jobs.Add(this);
    }

    public void EndAttempt(Verdict verdict, long now)
    {
        Worker!.Jobs.Remove(this);
        Worker = null;
        _attemptEnd = (now, verdict.AttemptReason, verdict.AttemptError);
        if (verdict.IsLoss)
            Losses++;
    }

    public void Apply(JobReport report) => (Reports ??= new MemoryReports()).Add(report);

    private void KeepLastAttempt()
    {
        _earlierAttempts ??= [];
        if (_earlierAttempts.Count == AttemptsKept - 1)
            _earlierAttempts.RemoveAt(0);
        _earlierAttempts.Add(LastAttempt);
    }
}

/// <summary>A live incarnation in memory.</summary>
internal sealed class MemoryWorker(WorkerRegistration registration, long startedAt)
{
    public WorkerRegistration Registration { get; set; } = registration;
    public long StartedAt { get; } = startedAt;
    public long BeatAt { get; set; } = startedAt;
    public long Beat { get; set; }

    /// <summary>In bytes, as of its last heartbeat.</summary>
    public long Memory { get; set; }

    /// <summary>Ids of jobs that should have stopped, as of its last heartbeat.</summary>
    public IReadOnlyList<string> Overdue { get; set; } = [];

    public WorkerRequest Asked { get; set; }

    public bool MayClaim => Asked == WorkerRequest.None;

    /// <summary>Its place in the order of beats of all incarnations: larger is later.</summary>
    public long BeatOrder { get; set; }

    /// <summary>Claims counted, of which every eighth looks at all queues.</summary>
    public long ClaimCount { get; set; }

    public (long Number, ExchangeReply Reply)? LastExchange { get; set; }

    /// <summary>The jobs it runs, in the order of their claims.</summary>
    public List<MemoryJob> Jobs { get; } = [];

    public bool Serves(string queue) => MayClaim && Registration.Queues.Contains(queue);
}
