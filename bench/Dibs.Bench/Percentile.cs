namespace Dibs.Bench;

internal static class Percentile
{
    /// <summary>The smallest sample that at least this share of all samples does not exceed.</summary>
    public static double Of(IReadOnlyCollection<double> samples, double share) =>
        samples.Order().ElementAt(Math.Clamp((int)Math.Ceiling(share * samples.Count) - 1, 0, samples.Count - 1));
}
