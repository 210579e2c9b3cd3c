using System.Globalization;

namespace Dibs.Stores;

/// <summary>Where a page of jobs begins: the number, in the order of creation, of the last job of the page before.</summary>
public static class PageCursor
{
    /// <summary>The jobs of the page were created before this one.</summary>
    /// <exception cref="JobRefusedException">It is no cursor of ours (<c>bad-cursor</c>).</exception>
    public static long Before(JobQuery query)
    {
        if (query.Cursor is null)
            return long.MaxValue;
        return long.TryParse(query.Cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
            ? sequence
            : throw new JobRefusedException("bad-cursor", $"'{query.Cursor[..Math.Min(query.Cursor.Length, 40)]}' is not a cursor; give the one that the page before ended with.");
    }

    /// <summary>The cursor of the page after a job.</summary>
    public static string After(long sequence) => sequence.ToString(CultureInfo.InvariantCulture);
}
