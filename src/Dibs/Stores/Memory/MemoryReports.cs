namespace Dibs.Stores.Memory;

/// <summary>What the code of a job reported: progress and created resources of all its attempts, log lines of the last one.</summary>
internal sealed class MemoryReports
{
    private readonly List<(long Number, LogLine Line)> _lines = [];
    private long _nextLine;

    public List<ProgressRecord> Progress { get; } = [];
    public List<string> Created { get; } = [];
    public IEnumerable<LogLine> Lines => _lines.Select(line => line.Line);

    /// <summary>A new attempt begins to write lines of its own.</summary>
    public void ForgetLines()
    {
        _lines.Clear();
        _nextLine = 0;
    }

    public void Add(JobReport report)
    {
        foreach (var progress in report.Progress)
        {
            var known = Progress.FindIndex(other => other.Code == progress.Code);
            if (known >= 0)
                Progress[known] = progress;
            else if (Progress.Count < Limits.ProgressReports)
                Progress.Add(progress);
        }
        foreach (var created in report.Created)
        {
            if (Created.Count < Limits.CreatedResources && !Created.Contains(created))
                Created.Add(created);
        }
        AddLines(report);
    }

    private void AddLines(JobReport report)
    {
        if (report.Lines.Count == 0)
            return;
        for (var i = 0; i < report.Lines.Count; i++)
        {
            if (report.FirstLine + i >= _nextLine)
                _lines.Add((report.FirstLine + i, report.Lines[i]));
        }
        _nextLine = Math.Max(_nextLine, report.FirstLine + report.Lines.Count);
        _lines.RemoveAll(line => line.Number < report.FirstKeptLine);
        _lines.RemoveRange(0, Math.Max(0, _lines.Count - Limits.LogLines));
    }
}
