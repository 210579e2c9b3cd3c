namespace Dibs.Tests.Model;

/// <summary>A job of the oracle: what it asked for and what was decided, nothing derived.</summary>
internal sealed class OracleJob(string name, IReadOnlyList<Reservation> reservations)
{
    public string Name { get; } = name;
    public IReadOnlyList<Reservation> Reservations { get; } = reservations;

    /// <summary>Jobs it comes after that have not told it of their end yet.</summary>
    public List<OracleJob> Untold { get; } = [];

    /// <summary>Names of the resources it holds.</summary>
    public HashSet<string> Held { get; } = [];

    public bool Due { get; set; }
    public bool WasAdmitted { get; set; }
    public bool Ended { get; set; }
    public bool Completed { get; set; }
    public long Ticket { get; set; }

    public int Blockers => Ticket == 0 ? 0 : Reservations.Count - Held.Count;

    public Reservation? On(string resource) =>
        Reservations.Cast<Reservation?>().FirstOrDefault(reservation => reservation!.Value.Resource == resource);
}

/// <summary>
/// The rules of admission, release and advance the slow way: a plain list of jobs in order of creation. Who holds, who waits,
/// what fits and who comes after whom is asked of the whole list every time.
/// </summary>
internal sealed class HeartOracle
{
    private readonly List<OracleJob> _jobs = [];
    private readonly Dictionary<string, int> _capacities = [];
    private long _ticket;

    public IReadOnlyList<OracleJob> Jobs => _jobs;

    /// <summary>What has work left, in the order in which it goes: <c>resource NAME</c> or <c>job NAME</c>.</summary>
    public List<string> Pending { get; } = [];

    /// <summary>What was decided, in order: <c>admitted NAME</c>, <c>ready NAME</c>, <c>broken NAME</c>.</summary>
    public List<string> Decisions { get; } = [];

    public int? Capacity(string resource) => _capacities.TryGetValue(resource, out var capacity) ? capacity : null;

    public List<OracleJob> Holders(string resource) => [.. WithTicket(resource).Where(job => job.Held.Contains(resource))];

    public List<OracleJob> Line(string resource) => [.. WithTicket(resource).Where(job => !job.Held.Contains(resource))];

    public IEnumerable<string> Resources() =>
        _jobs.Where(job => job.Ticket > 0).SelectMany(job => job.Reservations).Select(reservation => reservation.Resource).Distinct();

    public IEnumerable<OracleJob> Dependents(OracleJob job) => _jobs.Where(other => other.Untold.Contains(job));

    public void Add(OracleJob job, IReadOnlyList<OracleJob> after, bool due)
    {
        _jobs.Add(job);
        job.Due = due;
        if (after.Any(dependency => dependency is { Ended: true, Completed: false }))
        {
            Break(job);
            return;
        }

        job.Untold.AddRange(after.Where(dependency => !dependency.Ended));
        AdmitIfPossible(job);
    }

    public void BecomeDue(OracleJob job)
    {
        job.Due = true;
        AdmitIfPossible(job);
    }

    public void End(OracleJob job, bool completed)
    {
        foreach (var resource in job.Ticket == 0 ? [] : job.Reservations.Select(reservation => reservation.Resource))
            Leave(job, resource);
        job.Ticket = 0;
        (job.Ended, job.Completed) = (true, completed);
        Note(job);
    }

    public void Remove(OracleJob job)
    {
        var after = job.Untold.ToList();
        _jobs.Remove(job);
        after.ForEach(Note);
    }

    public int Work(int budget)
    {
        var spent = 0;
        while (spent < budget && Pending.Count > 0)
        {
            var entry = Pending[0];
            Pending.RemoveAt(0);
            var name = entry[(entry.IndexOf(' ', StringComparison.Ordinal) + 1)..];
            if (entry.StartsWith("resource", StringComparison.Ordinal))
                spent += Advance(name, budget - spent);
            else
                spent += TellDependents(_jobs.Single(job => job.Name == name), budget - spent);
        }

        return spent;
    }

    public bool HeadFits(string resource) => Line(resource) is [var head, ..] && Fits(resource, head.On(resource)!.Value.Mode);

    private bool Fits(string resource, ReservationMode mode)
    {
        var holders = Holders(resource);
        return mode == ReservationMode.Exclusive
            ? holders.Count == 0
            : holders.Count < (Capacity(resource) ?? int.MaxValue)
                && holders.All(job => job.On(resource)!.Value.Mode == ReservationMode.Shared);
    }

    private IEnumerable<OracleJob> WithTicket(string resource) =>
        _jobs.Where(job => job.Ticket > 0 && job.On(resource) is not null).OrderBy(job => job.Ticket);

    private void AdmitIfPossible(OracleJob job)
    {
        if (!job.Due || job.Untold.Count > 0)
            return;
        foreach (var (resource, _, capacity) in job.Reservations)
        {
            if (capacity is null || (job.WasAdmitted && Capacity(resource) is not null))
                continue;
            _capacities[resource] = capacity.Value;
            Note(resource);
        }

        var granted = job.Reservations.Where(r => Line(r.Resource).Count == 0 && Fits(r.Resource, r.Mode)).Select(r => r.Resource).ToList();
        job.Held.UnionWith(granted);
        (job.Ticket, job.WasAdmitted) = (++_ticket, true);
        Decisions.Add($"admitted {job.Name}");
        DecideReady(job);
    }

    private void Leave(OracleJob job, string resource)
    {
        var others = WithTicket(resource).Where(other => other != job).ToList();
        job.Held.Remove(resource);
        if (others.Count == 0)
            _capacities.Remove(resource);
        // The job still has its ticket here; the question whether the head fits must not see it in the line any more.
        var ticket = job.Ticket;
        job.Ticket = 0;
        Note(resource);
        job.Ticket = ticket;
    }

    private int Advance(string resource, int budget)
    {
        var spent = 0;
        for (; spent < budget && HeadFits(resource); spent++)
        {
            var head = Line(resource)[0];
            head.Held.Add(resource);
            DecideReady(head);
        }

        Note(resource);
        return spent;
    }

    private int TellDependents(OracleJob job, int budget)
    {
        var spent = 0;
        for (; spent < budget && Dependents(job).FirstOrDefault() is { } dependent; spent++)
        {
            dependent.Untold.Remove(job);
            if (dependent.Ended)
                continue;
            if (job.Completed)
                AdmitIfPossible(dependent);
            else
                Break(dependent);
        }

        Note(job);
        return spent;
    }

    private void Break(OracleJob job)
    {
        End(job, completed: false);
        Decisions.Add($"broken {job.Name}");
    }

    private void DecideReady(OracleJob job)
    {
        if (job.Blockers == 0)
            Decisions.Add($"ready {job.Name}");
    }

    private void Note(string resource) => Note($"resource {resource}", HeadFits(resource));

    private void Note(OracleJob job) => Note($"job {job.Name}", job.Ended && Dependents(job).Any());

    private void Note(string entry, bool hasWork)
    {
        if (!hasWork)
            Pending.Remove(entry);
        else if (!Pending.Contains(entry))
            Pending.Add(entry);
    }
}
