namespace Dibs.Jobs;

/// <summary>What was probably meant: the names most like one that is not known.</summary>
internal static class NearestNames
{
    private const int Most = 3;

    /// <summary>Up to three, the most alike first, by letters that differ. Namespaces and types in front may be left out of the name.</summary>
    public static IReadOnlyList<string> Of(string name, IEnumerable<string> known)
    {
        // A third of the letters wrong is a typing error; more is another name.
        var limit = Math.Max(2, name.Length / 3);
        var parts = name.Count('.') + 1;
        return [.. known
            .Select(candidate => (candidate, distance: Math.Min(Distance(name, candidate, limit), Distance(name, End(candidate, parts), limit))))
            .Where(pair => pair.distance <= limit)
            .OrderBy(pair => pair.distance).ThenBy(pair => pair.candidate, StringComparer.Ordinal)
            .Take(Most)
            .Select(pair => pair.candidate)];
    }

    // The last so many parts of it.
    private static string End(string candidate, int parts)
    {
        var start = candidate.Length;
        while (parts-- > 0 && start >= 0)
            start = start == 0 ? -1 : candidate.LastIndexOf('.', start - 1);
        return candidate[(start + 1)..];
    }

    // Levenshtein, letters compared without case, one row at a time.
    private static int Distance(string a, string b, int limit)
    {
        if (Math.Abs(a.Length - b.Length) > limit)
            return limit + 1;
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = diagonal + (char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.Length];
    }
}
