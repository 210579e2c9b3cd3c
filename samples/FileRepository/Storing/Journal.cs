namespace FileRepository.Storing;

/// <summary>Something that a call touches.</summary>
/// <param name="Resource">Its name.</param>
/// <param name="Writes">Whether it changes it, so that nobody else may touch it meanwhile.</param>
public readonly record struct Touch(string Resource, bool Writes)
{
    public static Touch Write(string resource) => new(resource, Writes: true);

    public static Touch Read(string resource) => new(resource, Writes: false);

    public bool ConflictsWith(Touch other) => Resource == other.Resource && (Writes || other.Writes);
}

/// <summary>One call: who, what it touched, from when to when. A call that has not ended yet ends at <see cref="TimeSpan.MaxValue"/>.</summary>
public sealed record JournalEntry(string Caller, IReadOnlyList<Touch> Touches, TimeSpan Start, TimeSpan End)
{
    public bool Overlaps(JournalEntry other) => Start < other.End && other.Start < End;
}

/// <summary>Two calls that met where they must not.</summary>
public sealed record Clash(JournalEntry First, JournalEntry Second, string Resource);

/// <summary>
/// What each call touched and when, written down by the code that does the touching. It knows nothing of reservations,
/// and prevents nothing: it is the witness that they held. It keeps everything, so it is for tests and demos. Safe to use
/// from several threads.
/// </summary>
public sealed class Journal(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly long _origin = time.GetTimestamp();
    private readonly List<JournalEntry> _entries = [];

    /// <summary>In the order in which the calls began. Times count from when the journal was opened, by a clock that never steps.</summary>
    public IReadOnlyList<JournalEntry> Entries
    {
        get
        {
            lock (_lock)
                return [.. _entries];
        }
    }

    /// <summary>Records a call until what is returned is disposed.</summary>
    public IDisposable Enter(string caller, params IReadOnlyList<Touch> touches)
    {
        lock (_lock)
        {
            _entries.Add(new JournalEntry(caller, touches, time.GetElapsedTime(_origin), TimeSpan.MaxValue));
            return new Call(this, _entries.Count - 1);
        }
    }

    /// <summary>Every pair that touched the same thing at the same time while at least one of them changed it.</summary>
    public static IEnumerable<Clash> Clashes(IReadOnlyList<JournalEntry> entries) =>
        from i in Enumerable.Range(0, entries.Count)
        from second in entries.Skip(i + 1)
        let first = entries[i]
        where first.Overlaps(second)
        from touch in first.Touches
        where second.Touches.Any(touch.ConflictsWith)
        select new Clash(first, second, touch.Resource);

    private void Leave(int index)
    {
        lock (_lock)
            _entries[index] = _entries[index] with { End = time.GetElapsedTime(_origin) };
    }

    private sealed class Call(Journal journal, int index) : IDisposable
    {
        public void Dispose() => journal.Leave(index);
    }
}
