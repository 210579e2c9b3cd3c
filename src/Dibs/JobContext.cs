using Dibs.Jobs;
using Dibs.Stores;

namespace Dibs;

/// <summary>
/// What a running job may know and say. A method that wants it declares a parameter of this type, which may be optional:
/// it is filled in at run time and is null when the method is called directly. Safe to use from several threads.
/// </summary>
public sealed class JobContext
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, JobProgress> _phases = [];
    private readonly List<string> _created = [];
    private readonly LogWindow _log = new();
    private readonly TimeProvider _time;
    private readonly Action _changed;
    private int _createdCount;

    /// <param name="key">The attempt.</param>
    /// <param name="queue">The queue it was claimed from.</param>
    /// <param name="time">Gives the times of log lines.</param>
    /// <param name="changed">Called whenever there is something to take with <see cref="TakeReport"/>.</param>
    /// <param name="stop">Asks the code to stop.</param>
    /// <param name="kill">Ends what can be killed at once.</param>
    internal JobContext(AttemptKey key, string queue, TimeProvider time, Action changed, CancellationToken stop, CancellationToken kill)
    {
        Key = key;
        KillToken = kill;
        _changed = changed;
        Queue = queue;
        _time = time;
        CancellationToken = stop;
    }

    /// <summary>The job.</summary>
    public string JobId => Key.JobId;

    /// <summary>Number of this run, from 1.</summary>
    public int Attempt => Key.Attempt;

    /// <summary>Larger than the fence of every attempt claimed before. Pass it to what you write to, and refuse smaller ones there; <see cref="FenceMarks"/> is how.</summary>
    public long Fence => Key.Fence;

    /// <summary>The queue it was claimed from.</summary>
    public string Queue { get; }

    /// <summary>Canceled when the job is to stop: it was canceled, its worker stops, or its lease lapses.</summary>
    public CancellationToken CancellationToken { get; }

    internal AttemptKey Key { get; }

    internal CancellationToken KillToken { get; }

    /// <summary>
    /// Begins to report a phase, or finds the one with the same code again. What is left open when the job ends is closed
    /// with the outcome of the job. At most 100 phases are kept per job.
    /// </summary>
    /// <param name="message">The phase in words, such as <c>Downloading Artifacts</c>. Of this and the other texts the first 1,024 characters are kept.</param>
    /// <param name="total">Units in all, if known.</param>
    /// <param name="code">Stable name of the phase. Default: the message.</param>
    /// <param name="suffix">The unit, or a detail.</param>
    /// <exception cref="ArgumentException">The message is empty.</exception>
    public JobProgress Progress(string message, long? total = null, string? code = null, string? suffix = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(message);
        (message, suffix) = (Cut(message), suffix is null ? null : Cut(suffix));
        code = code is null ? message : Cut(code);
        lock (_lock)
        {
            if (!_phases.TryGetValue(code, out var phase))
            {
                // A phase over the limit works as any other, but is not kept.
                phase = new JobProgress(code, message, _changed);
                if (_phases.Count < Limits.ProgressReports)
                    _phases.Add(code, phase);
            }
            phase.Restate(message, total, suffix);
            return phase;
        }
    }

    /// <summary>Records the name of something this job made, such as <c>repository:42/versions/3</c>. At most 1,000 are kept.</summary>
    /// <exception cref="ArgumentException">The name is empty, or longer than 1,024 characters.</exception>
    public void Created(string resource)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(resource);
        if (resource.Length > Limits.ReportTextLength)
            throw new ArgumentException($"The name '{Cut(resource)[..40]}…' has {resource.Length} characters; the limit is {Limits.ReportTextLength}. Record a shorter name.", nameof(resource));
        lock (_lock)
        {
            if (_createdCount++ < Limits.CreatedResources)
                _created.Add(resource);
        }
        _changed();
    }

    /// <summary>Keeps no more of the log than this.</summary>
    internal void LimitLog(int mostBytes)
    {
        lock (_lock)
            _log.MostBytes = mostBytes;
    }

    internal void Log(string line)
    {
        lock (_lock)
            _log.Add(new LogLine(_time.GetUtcNow(), line));
        _changed();
    }

    /// <summary>Says what the code of the attempt said in another process.</summary>
    internal void Relay(IReadOnlyList<ProgressRecord> progress, IReadOnlyList<string> created, IReadOnlyList<LogLine> lines)
    {
        lock (_lock)
        {
            foreach (var record in progress)
            {
                if (!_phases.TryGetValue(record.Code, out var phase) && _phases.Count < Limits.ProgressReports)
                    _phases.Add(record.Code, phase = new JobProgress(record.Code, record.Message, _changed));
                phase?.Relay(record);
            }
            foreach (var name in created)
            {
                if (_createdCount++ < Limits.CreatedResources)
                    _created.Add(name);
            }
            foreach (var line in lines)
                _log.Add(line);
        }
        _changed();
    }

    private static string Cut(string text) => text.Length > Limits.ReportTextLength ? text[..Limits.ReportTextLength] : text;

    /// <summary>Closes the phases that are still open.</summary>
    internal void Close(string state)
    {
        lock (_lock)
        {
            foreach (var phase in _phases.Values)
                phase.Close(state);
        }
    }

    /// <summary>Takes what was said since the last call; null if nothing was.</summary>
    internal JobReport? TakeReport()
    {
        lock (_lock)
        {
            var progress = _phases.Values.Select(phase => phase.TakeChange()).OfType<ProgressRecord>().ToArray();
            if (progress.Length == 0 && _created.Count == 0 && !_log.HasNew)
                return null;
            var (firstLine, lines) = _log.Take();
            var report = new JobReport { Key = Key, Progress = progress, Created = [.. _created], FirstLine = firstLine, Lines = lines, FirstKeptLine = _log.FirstKept };
            _created.Clear();
            return report;
        }
    }
}

/// <summary>One phase of a running job. Safe to use from several threads; reporting is cheap and never waits.</summary>
public sealed class JobProgress
{
    private readonly Lock _lock = new();
    private readonly Action _changed;
    private ProgressRecord _record;
    private bool _isNew;

    internal JobProgress(string code, string message, Action changed)
    {
        _changed = changed;
        _record = new ProgressRecord { Code = code, Message = message, State = "running" };
    }

    /// <summary>Units done so far.</summary>
    public long Done => Volatile.Read(ref _record).Done;

    /// <summary>Adds to the units done.</summary>
    public void Increment(long by = 1) => Change(record => record with { Done = record.Done + by });

    /// <summary>Sets the units done, and the units in all if given.</summary>
    public void Report(long done, long? total = null) => Change(record => record with { Done = done, Total = total ?? record.Total });

    /// <summary>Ends the phase well.</summary>
    public void Complete() => Close("completed");

    internal void Close(string state) => Change(record => record.State == "running" ? record with { State = state } : record);

    internal void Restate(string message, long? total, string? suffix) =>
        Change(record => record with { Message = message, Total = total ?? record.Total, Suffix = suffix ?? record.Suffix, State = "running" }, always: true);

    internal void Relay(ProgressRecord record) => Change(_ => record);

    internal ProgressRecord? TakeChange()
    {
        lock (_lock)
        {
            if (!_isNew)
                return null;
            _isNew = false;
            return _record;
        }
    }

    private void Change(Func<ProgressRecord, ProgressRecord> change, bool always = false)
    {
        lock (_lock)
        {
            var next = change(_record);
            if (!always && next == _record)
                return;
            _isNew = true;
            Volatile.Write(ref _record, next);
        }
        _changed();
    }
}
