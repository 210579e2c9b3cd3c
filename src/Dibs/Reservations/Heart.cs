namespace Dibs.Reservations;

/// <summary>What the heart tells the store, in the order in which it happens inside a step.</summary>
internal interface IHeartEvents
{
    /// <summary>The job got its ticket.</summary>
    void Admitted(HeartJob job);

    /// <summary>The job holds all its reservations.</summary>
    void Ready(HeartJob job);

    /// <summary>The job ended, because a job that it had to come after did not complete.</summary>
    void Broken(HeartJob job);
}

/// <summary>
/// Decides who may touch what, and in which order: admission, release, advance. It does no I/O, reads no clock and
/// waits for nobody; a caller makes one change and then calls <see cref="Work"/>. Every line is sorted by one global
/// ticket, so a wait only ever points to a smaller ticket: no cycle, no deadlock, and the smallest ticket always goes on.
/// </summary>
/// <remarks>
/// It is the ordered lock manager of Calvin (Thomson et al., SIGMOD 2012) with a count of blockers in each job, so that a
/// release costs the resources of the job and the jobs woken, whatever waits behind them.
/// </remarks>
internal sealed class Heart(IHeartEvents events)
{
    private readonly Dictionary<string, Resource> _resources = new(StringComparer.Ordinal);
    private readonly PendingWork _pending = new();

    /// <summary>The last ticket given.</summary>
    public long LastTicket { get; private set; }

    /// <summary>Resources that somebody holds or waits for.</summary>
    public IReadOnlyDictionary<string, Resource> Resources => _resources;

    /// <summary>What has work left: exactly the resources whose head of line fits, and the ended jobs with dependents not told yet.</summary>
    public IEnumerable<PendingEntry> Pending => _pending.Entries;

    /// <summary>How many entries have work left.</summary>
    public int PendingCount => _pending.Count;

    /// <summary>A new job comes in. It ends at once if one of the jobs it comes after has ended without completing.</summary>
    public void Add(HeartJob job, IReadOnlyList<HeartJob> after, bool due)
    {
        job.Due = due;
        foreach (var dependency in after)
        {
            if (dependency is { Ended: true, Completed: false })
            {
                Break(job);
                return;
            }
        }
        foreach (var dependency in after)
        {
            if (!dependency.Ended)
                job.ComeAfter(dependency);
        }
        AdmitIfPossible(job);
    }

    /// <summary>The time of a job has come.</summary>
    public void BecomeDue(HeartJob job)
    {
        job.Due = true;
        AdmitIfPossible(job);
    }

    /// <summary>The job is final: it gives back all it holds or waits for, and its dependents will be told.</summary>
    public void End(HeartJob job, bool completed)
    {
        Leave(job);
        job.Ended = true;
        job.Completed = completed;
        _pending.Set(job, job.Dependents.Count > 0);
    }

    /// <summary>A final job without work left is removed.</summary>
    public void Remove(HeartJob job, IEnumerable<HeartJob> after)
    {
        job.Forget();
        foreach (var dependency in after)
            _pending.Set(dependency, dependency.Ended && dependency.Dependents.Count > 0);
    }

    /// <summary>
    /// Works on what is pending: the first that came goes first, what this causes goes last, and so does what is left when
    /// the budget is spent. A unit is one job granted a resource, or one dependent told.
    /// </summary>
    /// <returns>Units spent.</returns>
    public int Work(int budget)
    {
        var spent = 0;
        while (spent < budget && _pending.Count > 0)
        {
            spent += _pending.TakeFirst() switch
            {
                Resource resource => Advance(resource, budget - spent),
                HeartJob job => TellDependents(job, budget - spent),
                var entry => throw new InvalidOperationException($"Nothing is known of pending work of type {entry.GetType().Name}."),
            };
        }
        return spent;
    }

    private void AdmitIfPossible(HeartJob job)
    {
        if (job.Due && job.Dependencies == 0)
            Admit(job);
    }

    private void Admit(HeartJob job)
    {
        job.Ticket = ++LastTicket;
        job.Blockers = 0;
        foreach (var place in job.Places)
        {
            var resource = Find(place.Reservation.Resource);
            if (place.Reservation.Capacity is { } capacity && (!job.WasAdmitted || resource.Capacity is null))
            {
                resource.Capacity = capacity;
                Reconsider(resource);
            }
            resource.Join(place);
            if (!place.Held)
                job.Blockers++;
        }
        job.WasAdmitted = true;
        events.Admitted(job);
        if (job.Blockers == 0)
            events.Ready(job);
    }

    private void Leave(HeartJob job)
    {
        if (job.Ticket == 0)
            return;
        foreach (var place in job.Places)
        {
            var resource = place.Resource!;
            resource.Leave(place);
            Reconsider(resource);
            if (resource.IsIdle)
                _resources.Remove(resource.Name);
        }
        job.Ticket = 0;
        job.Blockers = 0;
    }

    private int Advance(Resource resource, int budget)
    {
        var spent = 0;
        for (; spent < budget && resource.HeadFits; spent++)
        {
            var job = resource.GrantHead().Job;
            if (--job.Blockers == 0)
                events.Ready(job);
        }
        Reconsider(resource);
        return spent;
    }

    private int TellDependents(HeartJob job, int budget)
    {
        var spent = 0;
        for (; spent < budget && job.Dependents.Count > 0; spent++)
        {
            var dependent = job.TakeDependent();
            if (dependent.Ended)
                continue;
            if (job.Completed)
                AdmitIfPossible(dependent);
            else
                Break(dependent);
        }
        _pending.Set(job, job.Dependents.Count > 0);
        return spent;
    }

    private void Break(HeartJob job)
    {
        End(job, completed: false);
        events.Broken(job);
    }

    private void Reconsider(Resource resource) => _pending.Set(resource, resource.HeadFits);

    private Resource Find(string name)
    {
        if (!_resources.TryGetValue(name, out var resource))
            _resources.Add(name, resource = new Resource(name));
        return resource;
    }
}
