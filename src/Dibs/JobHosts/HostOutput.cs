using Dibs.Execution;

namespace Dibs.JobHosts;

/// <summary>The output of a job host: lines of the job that it runs, or of none.</summary>
/// <param name="outside">What is written while it runs no job.</param>
internal sealed class HostOutput(Action<string> outside)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private readonly Lock _lock = new();
    private readonly OutputTail _outside = new(outside);
    private OutputTail? _tail;
    private int _open;
    private int _marks;
    private long _fence;
    private TaskCompletionSource? _allRead;

    /// <summary>The end of what was written last.</summary>
    public string? Last => Current.Last;

    private OutputTail Current
    {
        get
        {
            lock (_lock)
                return _tail ?? _outside;
        }
    }

    /// <summary>Reads to the end of all of them.</summary>
    public Task ReadAsync(params StreamReader[] readers)
    {
        _open = readers.Length;
        return Task.WhenAll(readers.Select(ReadAsync));
    }

    /// <summary>What comes from now on belongs to this attempt.</summary>
    public void Begin(long fence, OutputTail tail)
    {
        lock (_lock)
            (_tail, _fence, _marks, _allRead) = (tail, fence, 0, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
    }

    /// <summary>The attempt has ended: returns when all that it wrote has been read, or at the latest after a second: the job may have closed its output.</summary>
    public async Task EndAsync(TimeProvider time)
    {
        CheckMarks();
        await _allRead!.Task.WaitAsync(Patience, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_lock)
            _tail = null;
    }

    private async Task ReadAsync(StreamReader reader)
    {
        await OutputTail.ReadLinesAsync(reader, Take, OutputMark.Start);
        lock (_lock)
            _open--;
        CheckMarks();
    }

    private void Take(string line)
    {
        if (OutputMark.Read(line) is not { } fence)
        {
            Current.Take(line);
            return;
        }
        lock (_lock)
            _marks += fence == _fence ? 1 : 0;
        CheckMarks();
    }

    /// <summary>One mark from each stream that is open.</summary>
    private void CheckMarks()
    {
        lock (_lock)
        {
            if (_marks >= _open)
                _allRead?.TrySetResult();
        }
    }
}
