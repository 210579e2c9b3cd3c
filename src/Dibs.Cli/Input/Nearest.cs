namespace Dibs.Cli.Input;

/// <summary>Finds what was probably meant.</summary>
internal static class Nearest
{
    /// <summary>The known word with the fewest slips from <paramref name="text"/>, if so few that it is likely.</summary>
    public static string? To(string text, IEnumerable<string> known)
    {
        var likely = Math.Max(2, text.Length / 3);
        return known
            .Select(word => (Word: word, Slips: Slips(text, word)))
            .Where(found => found.Slips <= likely && found.Slips < found.Word.Length)
            .OrderBy(found => found.Slips)
            .Select(found => found.Word)
            .FirstOrDefault();
    }

    /// <summary>Letters added, lost, changed or swapped with their neighbor (optimal string alignment).</summary>
    private static int Slips(string left, string right)
    {
        var rows = new int[left.Length + 1, right.Length + 1];
        for (var i = 0; i <= left.Length; i++)
            rows[i, 0] = i;
        for (var j = 0; j <= right.Length; j++)
            rows[0, j] = j;
        for (var i = 1; i <= left.Length; i++)
        {
            for (var j = 1; j <= right.Length; j++)
            {
                var cost = left[i - 1] == right[j - 1] ? 0 : 1;
                rows[i, j] = Math.Min(Math.Min(rows[i - 1, j] + 1, rows[i, j - 1] + 1), rows[i - 1, j - 1] + cost);
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
            }
        }
        return rows[left.Length, right.Length];
    }
}
