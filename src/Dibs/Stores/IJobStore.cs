namespace Dibs.Stores;

/// <summary>
/// The seam between Dibs and what keeps its jobs: one namespace of one store. Every method is one atomic step (reads are one
/// consistent view), takes its time from the store, and can be repeated after a time-out. Every step that changes
/// something also works on what is pending, up to <see cref="Limits.UnitsPerStep"/> units, and says <c>more</c> when some is
/// left: call again at once. A step throws <see cref="StoreException"/> when the store cannot be reached or fails.
/// </summary>
/// <remarks>
/// Implementations are safe for concurrent calls. They validate nothing that the client validated (names, limits), do no
/// retries and know no timing policy: the caller decides when to call again.
/// </remarks>
public interface IJobStore : IAsyncDisposable
{
    /// <summary>The namespace that this store is bound to.</summary>
    string Namespace { get; }

    /// <summary>
    /// Connects, checks that this is a store of ours with a schema that we know, and creates or migrates it if needed.
    /// Called once before all else. Repeat: no effect.
    /// </summary>
    /// <exception cref="DibsConfigurationException">The address is not a store of ours, or of a newer schema. Nothing was touched.</exception>
    /// <exception cref="StoreException">Not reachable.</exception>
    ValueTask<StoreDescription> OpenAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Stores jobs, at most <see cref="Limits.JobsPerStep"/> and <see cref="Limits.BytesPerStep"/>, all or none. A job may
    /// come after jobs of the same call that stand before it. An id that exists with the same digest is answered with the
    /// job as it is. If any is refused (<see cref="EnqueueOutcome.IdConflict"/>, <see cref="EnqueueOutcome.UnknownDependency"/>)
    /// nothing is stored and every answer says what was wrong with that job, or <see cref="EnqueueOutcome.NotStored"/>.
    /// Cost: per job O(reservations + dependencies). Repeat: the same answers.
    /// </summary>
    ValueTask<EnqueueReply> EnqueueAsync(IReadOnlyList<NewJob> jobs, CancellationToken cancellationToken);

    /// <summary>Makes an incarnation of a worker known, with beat 0. Repeat: updates it.</summary>
    ValueTask RegisterAsync(WorkerRegistration worker, CancellationToken cancellationToken);

    /// <summary>
    /// Settles attempts and claims ready jobs, in this order, with the pending work between. A settlement is accepted only
    /// while exactly that attempt runs (job, attempt, fence); the others come back as refused. Exchanges of an incarnation
    /// are numbered from 1, one in flight: the same number gets the same claims and refusals and nothing is done (the rest of
    /// the answer may be as old as they are); a lower number is
    /// refused with <see cref="JobConflictException"/> (<c>stale-exchange</c>). An unknown incarnation has its settlements
    /// done, claims nothing and is told so; one that was asked to be quiet or to stop claims nothing from then on.
    /// Cost: O(settled jobs' reservations + claims), whatever the backlog.
    /// </summary>
    ValueTask<ExchangeReply> ExchangeAsync(ExchangeRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Raises the beat of an incarnation, and compares the attempts it names with those the store has running for it: a
    /// claim that two counting heartbeats in a row do not name ends as <c>worker-lost</c>, or begins again if it is retryable. With
    /// <see cref="HeartbeatRequest.Leaving"/> the incarnation is forgotten, and what it still runs ends so at once.
    /// Cost: O(attempts of the incarnation). Repeat: one beat more, which harms nobody.
    /// </summary>
    ValueTask<HeartbeatReply> HeartbeatAsync(HeartbeatRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Ends the attempts of an incarnation whose beat is still the one named, as <c>worker-lost</c>, and forgets it when none
    /// is left. A retryable job is ready again, with its ticket and reservations, until that happened <see cref="Limits.Losses"/> times. Refused if the beat moved. Cost: O(its attempts), bounded by the budget. Repeat: no effect.
    /// </summary>
    ValueTask<RescueReply> RescueAsync(ObservedBeat observed, CancellationToken cancellationToken);

    /// <summary>
    /// Stores progress, created resources and log lines of running attempts; a report of an attempt that no longer runs is
    /// dropped. Repeat: progress and created change nothing; log lines are appended once per <see cref="JobReport.FirstLine"/>.
    /// </summary>
    ValueTask ReportAsync(IReadOnlyList<JobReport> reports, CancellationToken cancellationToken);

    /// <summary>
    /// Cancels or requeues jobs by their ids, or asks something of workers by their names; at most 500, each on its own. What was
    /// asked of an incarnation is kept with it until it is forgotten, and a heartbeat of it tells it.
    /// Cost: O(reservations) per job, O(live incarnations) per name. Repeat: the same answers, or that it is so already.
    /// </summary>
    ValueTask<ChangeReply> ChangeAsync(ChangeKind change, IReadOnlyList<string> ids, CancellationToken cancellationToken);

    /// <summary>The jobs that exist among these ids, in the order asked.</summary>
    ValueTask<IReadOnlyList<StoredJob>> GetAsync(IReadOnlyList<string> ids, JobParts parts, CancellationToken cancellationToken);

    /// <summary>A page of the jobs that match, newest first.</summary>
    /// <exception cref="JobRefusedException">The cursor is none of ours (<c>bad-cursor</c>).</exception>
    ValueTask<JobPage> ListAsync(JobQuery query, CancellationToken cancellationToken);

    /// <summary>Why a job is not running, from the data the decision uses; null if there is no such job.</summary>
    ValueTask<WhyRecord?> WhyAsync(string id, CancellationToken cancellationToken);

    /// <summary>The named parts of the state of the whole namespace, for people.</summary>
    ValueTask<Survey> SurveyAsync(SurveyParts parts, CancellationToken cancellationToken);

    /// <summary>
    /// Recomputes derived data from the truth and compares: up to 100 resources or 500 jobs in one step (a store in
    /// memory: all of it), from <paramref name="cursor"/> (null: from the beginning). With <paramref name="repair"/> derived data is set right; truth is never touched.
    /// </summary>
    ValueTask<VerifyReply> VerifyAsync(string? cursor, bool repair, CancellationToken cancellationToken);

    /// <summary>
    /// The chores that any worker does for all: admits jobs that became due (by due time, then in order of creation), prunes
    /// final jobs that are older or more than the retention allows, and works on what is pending; at most
    /// <see cref="Limits.UnitsPerStep"/> units in all. Repeat: goes on.
    /// </summary>
    ValueTask<TendReply> TendAsync(Retention retention, CancellationToken cancellationToken);

    /// <summary>
    /// A listener that remembers: a hint that comes between two waits ends the next one at once. Hints are only hints: one
    /// may be lost, or wake without need.
    /// </summary>
    IWakeUp Listen(WakeFilter filter);
}

/// <summary>A remembered hint. Dispose it to stop listening.</summary>
public interface IWakeUp : IDisposable
{
    /// <summary>Completes at the next hint (true), or after <paramref name="atMost"/> (false).</summary>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    ValueTask<bool> WaitAsync(TimeSpan atMost, CancellationToken cancellationToken);
}
