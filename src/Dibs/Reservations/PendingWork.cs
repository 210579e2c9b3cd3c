namespace Dibs.Reservations;

/// <summary>Something that may have work left: a resource whose line may advance, or an ended job whose dependents wait to be told.</summary>
internal abstract class PendingEntry
{
    /// <summary>Its place among the pending; null while it has no work left.</summary>
    internal LinkedListNode<PendingEntry>? PendingNode { get; set; }

    /// <summary>Whether it has work left.</summary>
    public bool IsPending => PendingNode is not null;
}

/// <summary>A set in the order in which its entries came: first in, first out. What is in it keeps its place.</summary>
internal sealed class PendingWork
{
    private readonly LinkedList<PendingEntry> _entries = new();

    public int Count => _entries.Count;

    public IEnumerable<PendingEntry> Entries => _entries;

    /// <summary>Puts the entry last if it is not in, or takes it out.</summary>
    public void Set(PendingEntry entry, bool hasWork)
    {
        if (hasWork)
        {
            entry.PendingNode ??= _entries.AddLast(entry);
        }
        else if (entry.PendingNode is { } node)
        {
            _entries.Remove(node);
            entry.PendingNode = null;
        }
    }

    public PendingEntry TakeFirst()
    {
        var entry = _entries.First!.Value;
        Set(entry, hasWork: false);
        return entry;
    }
}
