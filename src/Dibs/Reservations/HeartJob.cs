namespace Dibs.Reservations;

/// <summary>A job as the heart sees it: what it reserves, what it comes after, and where it stands in the order of admission.</summary>
internal class HeartJob : PendingEntry
{
    private static readonly LinkedList<HeartJob> NoDependents = new();
    private LinkedList<HeartJob>? _dependents;
    private List<LinkedListNode<HeartJob>>? _edges;

    public HeartJob(IReadOnlyList<Reservation> reservations)
    {
        Places = reservations.Count == 0 ? [] : new Place[reservations.Count];
        for (var i = 0; i < Places.Length; i++)
            Places[i] = new Place(this, reservations[i]);
    }

    /// <summary>One per reservation, sorted by resource, no resource twice.</summary>
    public Place[] Places { get; }

    /// <summary>Its number in the global order; 0 while it has none.</summary>
    public long Ticket { get; set; }

    /// <summary>Reservations it still waits for.</summary>
    public int Blockers { get; set; }

    /// <summary>Jobs that have to end before it is admitted.</summary>
    public int Dependencies { get; private set; }

    /// <summary>Its time has come.</summary>
    public bool Due { get; set; }

    /// <summary>It had a ticket once, so the capacities that it declares were set.</summary>
    public bool WasAdmitted { get; set; }

    /// <summary>It is final.</summary>
    public bool Ended { get; set; }

    /// <summary>It is final and completed.</summary>
    public bool Completed { get; set; }

    /// <summary>Jobs that come after this one and were not told of its end yet, in order of creation.</summary>
    public LinkedList<HeartJob> Dependents => _dependents ?? NoDependents;

    public void ComeAfter(HeartJob dependency)
    {
        Dependencies++;
        dependency._dependents ??= new LinkedList<HeartJob>();
        (_edges ??= []).Add(dependency._dependents.AddLast(this));
    }

    /// <summary>Takes the oldest dependent that was not told yet.</summary>
    public HeartJob TakeDependent()
    {
        var dependent = Dependents.First!.Value;
        Dependents.RemoveFirst();
        if (--dependent.Dependencies == 0)
            dependent._edges = null;
        return dependent;
    }

    /// <summary>No dependency will tell this job of its end any more. For a job that is pruned.</summary>
    public void Forget()
    {
        foreach (var edge in _edges ?? [])
            edge.List?.Remove(edge);
        _edges = null;
    }
}

/// <summary>A job's reservation of one resource: in the line of the resource, or among its holders.</summary>
internal sealed class Place(HeartJob job, Reservation reservation)
{
    public HeartJob Job { get; } = job;
    public Reservation Reservation { get; } = reservation;
    public bool Held { get; set; }

    /// <summary>Null while the job has no ticket.</summary>
    public Resource? Resource { get; set; }

    public Place? Previous { get; set; }
    public Place? Next { get; set; }
}
