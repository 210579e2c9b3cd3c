using Dibs.Stores;

namespace Dibs.Workers;

/// <summary>Tells those who watch over the process how the worker lives.</summary>
internal sealed class Announcer(IReadOnlyList<IWorkerObserver> observers, WorkerRegistration registration, Slots slots, TimeProvider time)
{
    private readonly Lock _lock = new();
    private DateTimeOffset _lastBeat;
    private bool _isAnswered;
    private bool _isDraining;

    public void Ready()
    {
        lock (_lock)
        {
            Hear(isAnswered: true);
            foreach (var observer in observers)
                observer.Ready(Status());
        }
    }

    public void Beat(bool isAnswered)
    {
        lock (_lock)
        {
            Hear(isAnswered);
            foreach (var observer in observers)
                observer.Beat(Status());
        }
    }

    public void Drain(TimeSpan atMost)
    {
        lock (_lock)
        {
            _isDraining = true;
            foreach (var observer in observers)
                observer.Drain(Status(), atMost);
        }
    }

    private void Hear(bool isAnswered)
    {
        _isAnswered = isAnswered;
        if (isAnswered)
            _lastBeat = time.GetUtcNow();
    }

    private WorkerStatus Status() => new(
        registration.Name, registration.Queues, registration.Slots, slots.Running.Length,
        _isDraining ? WorkerPhase.Draining : _isAnswered ? WorkerPhase.Ready : WorkerPhase.StoreLost, _lastBeat);
}
