namespace Dibs.Stores;

/// <summary>
/// How far a namespace has come: neither number ever falls, so a store that answers less than it did before has lost
/// what it acknowledged since.
/// </summary>
/// <param name="Ticket">The last ticket given, 0 before the first.</param>
/// <param name="Fence">The last fence given, 0 before the first.</param>
public readonly record struct StoreMark(long Ticket, long Fence);
