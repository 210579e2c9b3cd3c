namespace Dibs.Bench;

/// <summary>What a measured run found. Its JSON is the JSON of <c>bench --json</c> in the contract.</summary>
/// <param name="Machine">System, processor and runtime.</param>
/// <param name="Store">Address of the store.</param>
/// <param name="Figures">In the order in which they were measured.</param>
internal sealed record BenchReport(string Machine, string Store, IReadOnlyList<Figure> Figures);

/// <summary>One measured figure.</summary>
/// <param name="Name">Its stable name.</param>
/// <param name="Value">The median of all runs.</param>
/// <param name="Unit"><c>jobs/s</c>, <c>s</c>, <c>bytes</c>, <c>cores</c>, <c>1/s</c> or <c>1</c>.</param>
/// <param name="Limit">What the bare cost of the same work is on the same machine in the same run, if there is such a thing.</param>
/// <param name="Ratio">How near it comes to the limit: 1 is perfect.</param>
/// <param name="Min">The smallest of all runs.</param>
/// <param name="Max">The largest of all runs.</param>
/// <param name="Runs">How often it was measured.</param>
internal sealed record Figure(string Name, double Value, string Unit, double? Limit, double? Ratio, double Min, double Max, int Runs);

/// <summary>The units of figures.</summary>
internal static class Units
{
    public const string JobsPerSecond = "jobs/s";
    public const string Seconds = "s";
    public const string Bytes = "bytes";
    public const string Cores = "cores";
    public const string PerSecond = "1/s";

    /// <summary>A plain number, such as calls per job.</summary>
    public const string Count = "1";
}

/// <summary>The runs of one figure.</summary>
/// <param name="name">Its stable name.</param>
/// <param name="unit">One of <see cref="Units"/>; only of jobs per second is more better.</param>
internal sealed class Series(string name, string unit)
{
    private readonly List<double> _values = [];
    private readonly List<double> _limits = [];

    public bool IsEmpty => _values.Count == 0;

    /// <summary>Adds a run, and the bare cost that was measured beside it.</summary>
    public void Add(double value, double? limit = null)
    {
        _values.Add(value);
        if (limit is { } bare)
            _limits.Add(bare);
    }

    public Figure ToFigure()
    {
        var value = Median(_values);
        double? limit = _limits.Count == 0 ? null : Median(_limits);
        var ratio = unit == Units.JobsPerSecond ? value / limit : limit / value;
        return new Figure(name, value, unit, limit, ratio, _values.Min(), _values.Max(), _values.Count);
    }

    private static double Median(List<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
