namespace Dibs.Bench.Bare;

/// <summary>A thread that does something when woken.</summary>
internal sealed class Waker : IDisposable
{
    private readonly SemaphoreSlim _woken = new(0);
    private readonly SemaphoreSlim _done = new(0);
    private readonly Action _act;
    private readonly Thread _thread;
    private volatile bool _stopping;

    public Waker(Action act)
    {
        _act = act;
        _thread = new Thread(Run) { IsBackground = true, Name = "Dibs bench waker" };
        _thread.Start();
    }

    /// <summary>Wakes it, and waits until it is done.</summary>
    public void Wake()
    {
        _woken.Release();
        _done.Wait();
    }

    public void Dispose()
    {
        _stopping = true;
        _woken.Release();
        _thread.Join();
        _woken.Dispose();
        _done.Dispose();
    }

    private void Run()
    {
        while (true)
        {
            _woken.Wait();
            if (_stopping)
                return;
            _act();
            _done.Release();
        }
    }
}
