namespace Dibs.Stores;

/// <summary>
/// How far a namespace has come: neither number ever falls, so a store that answers less than it did before has lost
/// what it acknowledged since.
/// </summary>
/// <param name="Ticket">The last ticket given, 0 before the first.</param>
/// <param name="Fence">The last fence given, 0 before the first.</param>
public readonly record struct StoreMark(long Ticket, long Fence)
{
    /// <summary>Whether a store at this mark cannot have done all that a store at the other one has done.</summary>
    internal bool IsBehind(StoreMark other) => Ticket < other.Ticket || Fence < other.Fence;

    /// <summary>The larger of both tickets with the larger of both fences.</summary>
    internal StoreMark Max(StoreMark other) => new(Math.Max(Ticket, other.Ticket), Math.Max(Fence, other.Fence));
}
