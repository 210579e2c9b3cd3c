namespace Dibs.Stores.Memory;

/// <summary>What the code of a job reported: progress and created resources of all its attempts, log lines of the last one.</summary>
internal sealed class MemoryReports
{
    /// <summary>Number of the line after <see cref="Lines"/>.</summary>
    private long _nextLine;

    public List<ProgressRecord> Progress { get; } = [];
    public List<string> Created { get; } = [];
    public List<LogLine> Lines { get; } = [];

    /// <summary>A new attempt begins to write lines of its own.</summary>
    public void ForgetLines()
    {
        Lines.Clear();
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
        var known = (int)Math.Clamp(_nextLine - report.FirstLine, 0, report.Lines.Count);
        Lines.AddRange(report.Lines.Skip(known));
        _nextLine = Math.Max(_nextLine, report.FirstLine + report.Lines.Count);
        if (Lines.Count > Limits.LogLines)
            Lines.RemoveRange(0, Lines.Count - Limits.LogLines);
    }
}
