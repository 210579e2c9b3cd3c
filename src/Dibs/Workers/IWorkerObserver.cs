namespace Dibs.Workers;

/// <summary>
/// Is told by a worker how it lives, for whoever watches over its process. One call at a time, from the duties themselves: none may
/// throw, and none may take long.
/// </summary>
internal interface IWorkerObserver
{
    /// <summary>The store knows the worker, and it begins to claim.</summary>
    void Ready(WorkerStatus status);

    /// <summary>A turn of its heartbeat duty is over, answered or not: a worker that waits for its store does not hang.</summary>
    void Beat(WorkerStatus status);

    /// <summary>It was asked to stop, and will have ended when this time has passed.</summary>
    void Drain(WorkerStatus status, TimeSpan atMost);
}

/// <summary>Where a worker is in its life.</summary>
internal enum WorkerPhase
{
    /// <summary>It works, or waits for work.</summary>
    Ready,

    /// <summary>The last heartbeat was not answered.</summary>
    StoreLost,

    /// <summary>It was asked to stop.</summary>
    Draining,
}

/// <summary>What a worker says of itself.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Queues">What it serves.</param>
/// <param name="Slots">How many jobs run at once.</param>
/// <param name="Busy">How many run.</param>
/// <param name="Phase">Where it is in its life.</param>
/// <param name="LastBeat">When the store last answered it, by the clock of this machine.</param>
internal sealed record WorkerStatus(string Name, IReadOnlyList<string> Queues, int Slots, int Busy, WorkerPhase Phase, DateTimeOffset LastBeat);
