using Dibs.Sqlite.Raw;

namespace Dibs.Sqlite.Steps;

/// <summary>
/// The rules of Dibs.Reservations.Heart over the rows of a store: admission, release, advance. Read that class for what
/// they are and why; a test compares the two after every step.
/// </summary>
internal sealed class Heart(Step step)
{
    /// <summary>
    /// A job gets its ticket and joins the line of every resource, in memory: the caller writes the job and its places.
    /// </summary>
    public void Admit(JobRow job, Place[] places)
    {
        job.Ticket = ++step.Counters.Ticket;
        job.Blockers = 0;
        foreach (ref var place in places.AsSpan())
        {
            var resource = step.Resources.Find(place.Resource);
            if (place.Capacity is { } capacity && (job.AdmittedAt is null || resource.Capacity is null))
            {
                resource.Capacity = capacity;
                Reconsider(resource);
            }
            place.Held = resource.Join(place.Mode);
            if (!place.Held)
                job.Blockers++;
        }
        job.AdmittedAt = step.Now;
        if (job.Blockers == 0)
            BeginReady(job);
    }

    /// <summary>The job is final: it gives back all it holds or waits for, and its dependents will be told.</summary>
    public void End(JobRow job, JobState state, string? reason)
    {
        Leave(job);
        if (FirstDependent(job.Seq) is not null)
            step.Pending.Add(job.Seq);
        step.Move(job, state);
        step.Sql.Use(Sql.JobEnd).Bind(job.Seq).Bind((int)state).Bind(reason).Bind(step.Now).Run();
        step.Hints.Jobs.Add(job.Id);
    }

    /// <summary>The attempt of a job has ended without an outcome: it is ready from now on, with its ticket and what it holds.</summary>
    public void BeginAgain(JobRow job, int losses)
    {
        BeginReady(job);
        step.Sql.Use(Sql.JobRetry).Bind(job.Seq).Bind(job.ReadyAt).Bind(job.ReadyKey).Bind(losses).Run();
    }

    /// <summary>Admits a stored job if it is due and all that it comes after has ended.</summary>
    public void AdmitIfPossible(JobRow job)
    {
        if (job.State == JobState.Scheduled || job.Dependencies > 0)
            return;
        var places = Place.Load(step.Sql, job);
        Admit(job, places);
        step.Sql.Use(Sql.JobAdmit).Bind(job.Seq).Bind((int)job.State).Bind(job.Ticket).Bind(job.Blockers)
            .Bind(job.AdmittedAt).Bind(job.ReadyAt).Bind(job.ReadyKey).Run();
        for (var n = 0; n < places.Length; n++)
            step.Sql.Use(Sql.ReservationPlace).Bind(job.Seq).Bind(n).Bind(places[n].Held ? 1 : 0).Bind(job.Ticket).Run();
    }

    /// <summary>Works on what is pending, up to the budget.</summary>
    /// <returns>Units spent.</returns>
    public int Work(int budget)
    {
        var spent = 0;
        while (spent < budget && step.Pending.Any)
        {
            var entry = step.Pending.TakeFirst();
            spent += entry.Resource is { } resource ? Advance(resource, budget - spent) : TellDependents(step.GetJob(entry.Job), budget - spent);
        }
        return spent;
    }

    private void Leave(JobRow job)
    {
        if (job.Ticket == 0 || job.Reserves == 0)
            return;
        var places = Place.Load(step.Sql, job);
        step.Sql.Use(Sql.ReservationsLeave).Bind(job.Seq).Run();
        foreach (var place in places)
        {
            var resource = step.Resources.Find(place.Resource);
            resource.Leave(place.Held);
            Reconsider(resource);
            if (resource.IsIdle)
                resource.Capacity = null;
        }
    }

    private int Advance(ResourceRow resource, int budget)
    {
        var spent = 0;
        for (; spent < budget && step.Resources.HeadFits(resource); spent++)
        {
            var head = step.Resources.Head(resource);
            resource.GrantHead(head.Mode);
            step.Sql.Use(Sql.ReservationPlace).Bind(head.Job).Bind(head.N).Bind(1).Bind(head.Ticket).Run();
            var job = step.GetJob(head.Job);
            if (--job.Blockers > 0)
            {
                step.Sql.Use(Sql.JobBlockers).Bind(job.Seq).Bind(job.Blockers).Run();
                continue;
            }
            BeginReady(job);
            step.Sql.Use(Sql.JobReady).Bind(job.Seq).Bind(job.ReadyAt).Bind(job.ReadyKey).Run();
        }
        Reconsider(resource);
        return spent;
    }

    private int TellDependents(JobRow job, int budget)
    {
        var spent = 0;
        for (; spent < budget && FirstDependent(job.Seq) is { } seq; spent++)
        {
            var dependent = step.GetJob(seq);
            dependent.Dependencies--;
            step.Sql.Use(Sql.DependencyTold).Bind(seq).Bind(job.Seq).Run();
            step.Sql.Use(Sql.JobTold).Bind(seq).Run();
            if (dependent.State.IsFinal())
                continue;
            if (job.State == JobState.Completed)
                AdmitIfPossible(dependent);
            else
                End(dependent, JobState.Canceled, JobReasons.Dependency);
        }
        if (FirstDependent(job.Seq) is not null)
            step.Pending.Add(job.Seq);
        return spent;
    }

    private void BeginReady(JobRow job)
    {
        job.ReadyAt = step.Counters.ReadyAt = Math.Max(step.Counters.ReadyAt, step.Now);
        step.Hints.Queues.Add(job.Queue);
        step.Move(job, JobState.Ready);
    }

    private long? FirstDependent(long job) => step.Sql.Use(Sql.DependentFirst).Bind(job).Scalar();

    private void Reconsider(ResourceRow resource) => step.Pending.Set(resource, step.Resources.HeadFits(resource));
}
