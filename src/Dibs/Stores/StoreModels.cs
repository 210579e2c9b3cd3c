using System.Collections.ObjectModel;

namespace Dibs.Stores;

/// <summary>What a store is.</summary>
/// <param name="Kind"><c>memory</c>, <c>sqlite</c>, …</param>
/// <param name="Location">File or address, without secrets.</param>
/// <param name="Schema">Version of the schema.</param>
public sealed record StoreDescription(string Kind, string Location, int Schema);

/// <summary>A job to store, checked by the client: names and counts within limits, reservations sorted by resource without duplicates.</summary>
public sealed record NewJob
{
    /// <summary>The id.</summary>
    public required string Id { get; init; }

    /// <summary>SHA-256 of what the caller gave: the same id with the same digest is the same job.</summary>
    public required ReadOnlyMemory<byte> Digest { get; init; }

    /// <summary>The method name; null for a command.</summary>
    public string? Method { get; init; }

    /// <summary>The rest of the content as JSON: opaque to the store.</summary>
    public required ReadOnlyMemory<byte> Content { get; init; }

    /// <summary>The queue.</summary>
    public required string Queue { get; init; }

    /// <summary>−100 to 100, larger first.</summary>
    public int Priority { get; init; }

    /// <summary>Sorted by resource (ordinal), no resource twice; exclusive has absorbed shared.</summary>
    public IReadOnlyList<Reservation> Reservations { get; init; } = [];

    /// <summary>Jobs that must complete first, no id twice.</summary>
    public IReadOnlyList<string> After { get; init; } = [];

    /// <summary>Due so long after the store's time of this step.</summary>
    public TimeSpan? Delay { get; init; }

    /// <summary>Due at this time.</summary>
    public DateTimeOffset? RunAt { get; init; }

    /// <summary>Labels.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>The job whose code enqueues it.</summary>
    public string? Parent { get; init; }
}

/// <summary>What became of a job to store.</summary>
public enum EnqueueOutcome
{
    /// <summary>Stored now.</summary>
    Stored,

    /// <summary>It was there already, with the same content.</summary>
    Existed,

    /// <summary>The id is taken by other content. Nothing of the call was stored.</summary>
    IdConflict,

    /// <summary>A job it should come after does not exist, or no longer. Nothing of the call was stored.</summary>
    UnknownDependency,

    /// <summary>Nothing was wrong with this job, but with another one of the call.</summary>
    NotStored,
}

/// <summary>The answer for one job, in the order of the call.</summary>
/// <param name="Id">The id.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="State">Its state after the step, if it exists.</param>
/// <param name="Dependency">The unknown dependency, if that was wrong.</param>
public sealed record Enqueued(string Id, EnqueueOutcome Outcome, JobState? State, string? Dependency = null);

/// <summary>The answer to an enqueue.</summary>
/// <param name="Jobs">One answer per job, in the order of the call.</param>
/// <param name="More">Pending work is left: call <see cref="IJobStore.TendAsync"/>, or let a worker do it.</param>
public sealed record EnqueueReply(IReadOnlyList<Enqueued> Jobs, bool More);

/// <summary>An incarnation of a worker.</summary>
public sealed record WorkerRegistration
{
    /// <summary>Unique, new at each start.</summary>
    public required string Incarnation { get; init; }

    /// <summary>A label; may repeat.</summary>
    public required string Name { get; init; }

    /// <summary>The machine.</summary>
    public required string Host { get; init; }

    /// <summary>Process id.</summary>
    public required int Pid { get; init; }

    /// <summary>Version of Dibs.</summary>
    public required string Version { get; init; }

    /// <summary>Queues in the order in which they are served.</summary>
    public required IReadOnlyList<string> Queues { get; init; }

    /// <summary>Units of concurrency.</summary>
    public required int Slots { get; init; }

    /// <summary>How long its beat may stand still, 3 seconds to 1 hour.</summary>
    public required TimeSpan Lease { get; init; }
}

/// <summary>Names one attempt; larger fences are later.</summary>
/// <param name="JobId">The job.</param>
/// <param name="Attempt">From 1.</param>
/// <param name="Fence">Larger than all fences given before it in the namespace.</param>
public readonly record struct AttemptKey(string JobId, int Attempt, long Fence);

/// <summary>How an attempt ended.</summary>
public enum SettleOutcome
{
    /// <summary>The job is completed.</summary>
    Completed,

    /// <summary>The job failed with <see cref="Settlement.Reason"/>.</summary>
    Failed,

    /// <summary>The code stopped because it was asked to. A job that was not asked to stop fails as interrupted.</summary>
    Stopped,

    /// <summary>Never started: the job is ready again with its ticket and time; attempt and fence are used up. A canceling job is canceled.</summary>
    Returned,
}

/// <summary>The end of one attempt.</summary>
public sealed record Settlement
{
    /// <summary>Which attempt.</summary>
    public required AttemptKey Key { get; init; }

    /// <summary>How it ended.</summary>
    public required SettleOutcome Outcome { get; init; }

    /// <summary>With failed: one of <see cref="JobReasons"/>.</summary>
    public string? Reason { get; init; }

    /// <summary>What the method returned, as JSON; opaque to the store.</summary>
    public ReadOnlyMemory<byte>? Result { get; init; }

    /// <summary>How a command ended.</summary>
    public ExitRecord? Exit { get; init; }

    /// <summary>What went wrong.</summary>
    public JobError? Error { get; init; }
}

/// <summary>One exchange: what ended, and how many more can run.</summary>
public sealed record ExchangeRequest
{
    /// <summary>Who asks.</summary>
    public required string Incarnation { get; init; }

    /// <summary>From 1, one more each time; the same again to repeat one whose answer was lost.</summary>
    public required long Number { get; init; }

    /// <summary>Attempts that ended, at most <see cref="Limits.Slots"/>.</summary>
    public IReadOnlyList<Settlement> Settlements { get; init; } = [];

    /// <summary>Most jobs to claim, 0 to <see cref="Limits.Slots"/>.</summary>
    public int Claims { get; init; }
}

/// <summary>A job given to a worker to run.</summary>
public sealed record Claim
{
    /// <summary>The attempt.</summary>
    public required AttemptKey Key { get; init; }

    /// <summary>The method name; null for a command.</summary>
    public string? Method { get; init; }

    /// <summary>The content as it was stored.</summary>
    public required ReadOnlyMemory<byte> Content { get; init; }

    /// <summary>The queue.</summary>
    public required string Queue { get; init; }
}

/// <summary>The answer to an exchange.</summary>
public sealed record ExchangeReply
{
    /// <summary>The jobs to run now.</summary>
    public required IReadOnlyList<Claim> Claims { get; init; }

    /// <summary>Settlements that were refused, because that attempt does not run any more.</summary>
    public required IReadOnlyList<AttemptKey> Refused { get; init; }

    /// <summary>The store knows the incarnation. If not: register under a new one.</summary>
    public required bool Known { get; init; }

    /// <summary>Pending work is left: call again at once.</summary>
    public required bool More { get; init; }

    /// <summary>Ready jobs are left in the worker's queues.</summary>
    public required bool ReadyLeft { get; init; }
}

/// <summary>One heartbeat.</summary>
public sealed record HeartbeatRequest
{
    /// <summary>Who lives.</summary>
    public required string Incarnation { get; init; }

    /// <summary>The attempts that it runs.</summary>
    public IReadOnlyList<AttemptKey> Held { get; init; } = [];

    /// <summary>The last one: forget the incarnation.</summary>
    public bool Leaving { get; init; }
}

/// <summary>The answer to a heartbeat.</summary>
public sealed record HeartbeatReply
{
    /// <summary>The store knows the incarnation. If not: register under a new one.</summary>
    public required bool Known { get; init; }

    /// <summary>Its attempts that were asked to stop.</summary>
    public required IReadOnlyList<AttemptKey> Canceling { get; init; }

    /// <summary>Attempts that it named and that do not run for it any more: stop them, their outcome will be refused.</summary>
    public required IReadOnlyList<AttemptKey> Lost { get; init; }

    /// <summary>The other incarnations that beat longest ago, by order of beats and not by any clock; at most 256.</summary>
    public required IReadOnlyList<ObservedBeat> Stalest { get; init; }

    /// <summary>Pending work is left: call again at once.</summary>
    public required bool More { get; init; }
}

/// <summary>A beat as it was seen.</summary>
/// <param name="Incarnation">Whose.</param>
/// <param name="Beat">The counter.</param>
/// <param name="Lease">The lease it registered.</param>
public sealed record ObservedBeat(string Incarnation, long Beat, TimeSpan Lease);

/// <summary>The answer to a rescue.</summary>
/// <param name="Refused">The beat moved, or the incarnation is gone: it lives, or another rescuer was first.</param>
/// <param name="Ended">Attempts that were ended.</param>
/// <param name="Name">The name of the worker that was ended, when it was known.</param>
/// <param name="More">Attempts or pending work are left: call again at once.</param>
public sealed record RescueReply(bool Refused, IReadOnlyList<AttemptKey> Ended, string? Name, bool More);

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

/// <summary>A change asked for by a person or a program.</summary>
public enum JobChange
{
    /// <summary>Waiting: canceled at once. Running: canceling. Final: not possible.</summary>
    Cancel,

    /// <summary>Final: a new job <c>ID~2</c> (from <c>ID~n</c>: <c>ID~(n+1)</c>) with the same content and no delay or dependencies, or the one that exists. Else: not possible.</summary>
    Requeue,
}

/// <summary>What became of a change.</summary>
public enum ChangeOutcome
{
    /// <summary>Done.</summary>
    Done,

    /// <summary>It was so already: a cancel of a canceling job, a requeue whose new job exists.</summary>
    Already,

    /// <summary>Not possible in its state.</summary>
    NotPossible,

    /// <summary>No such job.</summary>
    Unknown,
}

/// <summary>The answer for one job.</summary>
/// <param name="Id">The job; for a requeue that was done, the new job.</param>
/// <param name="Outcome">What became of the change.</param>
/// <param name="State">The state after the step, if the job exists.</param>
public sealed record ChangedJob(string Id, ChangeOutcome Outcome, JobState? State);

/// <summary>The answer to a change.</summary>
/// <param name="Jobs">One answer per id, in the order asked.</param>
/// <param name="More">Pending work is left.</param>
public sealed record ChangeReply(IReadOnlyList<ChangedJob> Jobs, bool More);

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

/// <summary>Parts of a survey.</summary>
[Flags]
public enum SurveyParts
{
    /// <summary>Jobs by state and queue.</summary>
    Queues = 1,

    /// <summary>Live incarnations and what they run.</summary>
    Workers = 2,

    /// <summary>Resources with holders and lines, longest wait first, at most 1,000.</summary>
    Resources = 4,
}

/// <summary>The state of a namespace, as far as asked for.</summary>
public sealed record Survey
{
    /// <summary>Time of the store.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>The last ticket given.</summary>
    public required long Ticket { get; init; }

    /// <summary>Entries of pending work.</summary>
    public required int Pending { get; init; }

    /// <summary>By name.</summary>
    public IReadOnlyList<QueueRecord> Queues { get; init; } = [];

    /// <summary>By name, then start.</summary>
    public IReadOnlyList<WorkerRecord> Workers { get; init; } = [];

    /// <summary>Longest wait first, then by name.</summary>
    public IReadOnlyList<ResourceRecord> Resources { get; init; } = [];
}

/// <summary>A queue, which exists while a job is in it or a worker serves it.</summary>
public sealed record QueueRecord
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Number of jobs by state, only those above 0.</summary>
    public required IReadOnlyDictionary<JobState, long> Counts { get; init; }

    /// <summary>Live workers that serve it.</summary>
    public required int Workers { get; init; }

    /// <summary>Since when its oldest ready job is ready.</summary>
    public DateTimeOffset? OldestReadyAt { get; init; }
}

/// <summary>A live incarnation of a worker.</summary>
public sealed record WorkerRecord
{
    /// <summary>What it registered.</summary>
    public required WorkerRegistration Registration { get; init; }

    /// <summary>When it registered.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When its last heartbeat was stored, by the store's clock.</summary>
    public required DateTimeOffset BeatAt { get; init; }

    /// <summary>Its beat.</summary>
    public required long Beat { get; init; }

    /// <summary>Ids of the jobs it runs.</summary>
    public required IReadOnlyList<string> Jobs { get; init; }
}

/// <summary>A resource that somebody holds or waits for.</summary>
public sealed record ResourceRecord
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The mode it is held in; none while nobody holds it.</summary>
    public ReservationMode? Mode { get; init; }

    /// <summary>Its capacity for shared holders, if it has one.</summary>
    public int? Capacity { get; init; }

    /// <summary>The first 10 holders by ticket.</summary>
    public required IReadOnlyList<WhyHolder> Holders { get; init; }

    /// <summary>How many hold it.</summary>
    public required int HolderCount { get; init; }

    /// <summary>The first 10 that wait, in order.</summary>
    public required IReadOnlyList<ResourceWaiter> Line { get; init; }

    /// <summary>How many wait.</summary>
    public required int WaitingCount { get; init; }
}

/// <summary>A job that waits for a resource.</summary>
/// <param name="Id">The job.</param>
/// <param name="Mode">In which mode.</param>
/// <param name="Since">Since its admission.</param>
public sealed record ResourceWaiter(string Id, ReservationMode Mode, DateTimeOffset Since);

/// <summary>A place where derived data differs from what the truth says.</summary>
/// <param name="Kind"><c>held</c>, <c>blockers</c>, <c>dependencies</c>, <c>ready</c>, <c>pending</c>, <c>resource</c> or <c>counts</c>.</param>
/// <param name="Subject">The job, resource or queue.</param>
/// <param name="Stored">What was stored.</param>
/// <param name="Expected">What it should be.</param>
public sealed record Drift(string Kind, string Subject, string Stored, string Expected);

/// <summary>The answer to one verify step.</summary>
/// <param name="Drifts">What differs.</param>
/// <param name="Checked">Jobs and resources looked at in this step.</param>
/// <param name="Next">Cursor of the next step; null at the end.</param>
public sealed record VerifyReply(IReadOnlyList<Drift> Drifts, int Checked, string? Next);

/// <summary>How long final jobs are kept.</summary>
/// <param name="Age">At most so long; never less than 60 seconds.</param>
/// <param name="Count">At most so many; those that ended in the last 60 seconds stay all the same.</param>
public sealed record Retention(TimeSpan Age, int Count)
{
    /// <summary>7 days and 100,000 jobs.</summary>
    public static Retention Default { get; } = new(TimeSpan.FromDays(7), 100_000);

    /// <summary>What ended so recently is never pruned, so that every step can be repeated.</summary>
    public static TimeSpan Minimum { get; } = TimeSpan.FromSeconds(60);
}

/// <summary>The answer to the chores.</summary>
/// <param name="Promoted">Jobs that became due.</param>
/// <param name="Pruned">Final jobs that were removed.</param>
/// <param name="DueIn">When the next job is due, from now; none if none is scheduled.</param>
/// <param name="More">Work is left: call again at once.</param>
public sealed record TendReply(int Promoted, int Pruned, TimeSpan? DueIn, bool More);

/// <summary>What a listener wants to hear of.</summary>
public sealed record WakeFilter
{
    /// <summary>A job became ready in one of these queues.</summary>
    public IReadOnlyList<string> Queues { get; init; } = [];

    /// <summary>An attempt of this incarnation was asked to stop, or ended by others.</summary>
    public string? Incarnation { get; init; }

    /// <summary>This job became final.</summary>
    public string? JobId { get; init; }

    /// <summary>A job was stored that is due later than now.</summary>
    public bool Scheduled { get; init; }
}
