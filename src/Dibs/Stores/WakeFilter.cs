namespace Dibs.Stores;

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
