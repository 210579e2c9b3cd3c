using System.Globalization;

namespace Dibs.Stores;

/// <summary>The id of the job that repeats a final one: <c>ID</c> gives <c>ID~2</c>, <c>ID~n</c> gives <c>ID~(n+1)</c>.</summary>
public static class RequeueId
{
    /// <summary>The next id after <paramref name="id"/>.</summary>
    public static string After(string id)
    {
        var mark = id.LastIndexOf('~');
        return mark >= 0 && long.TryParse(id.AsSpan(mark + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? string.Create(CultureInfo.InvariantCulture, $"{id[..mark]}~{number + 1}")
            : $"{id}~2";
    }
}
