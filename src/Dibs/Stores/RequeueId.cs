using System.Globalization;

namespace Dibs.Stores;

/// <summary>The id of the job that repeats a final one: <c>ID</c> gives <c>ID~2</c>, <c>ID~n</c> gives <c>ID~(n+1)</c>.</summary>
public static class RequeueId
{
    /// <summary>The next id after <paramref name="id"/>.</summary>
    public static string After(string id)
    {
        var mark = id.LastIndexOf('~');
        var number = mark < 0 ? 1 : long.Parse(id.AsSpan(mark + 1), NumberStyles.None, CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture, $"{(mark < 0 ? id : id[..mark])}~{number + 1}");
    }
}
