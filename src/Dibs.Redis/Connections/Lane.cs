namespace Dibs.Redis.Connections;

/// <summary>Which connection a call goes over.</summary>
internal enum Lane
{
    /// <summary>Everything but heartbeats; bounded, so that a producer waits when the store is slower than it.</summary>
    Work,

    /// <summary>Heartbeats: a connection of their own, so that a large payload cannot cost a lease.</summary>
    Heartbeat,
}
