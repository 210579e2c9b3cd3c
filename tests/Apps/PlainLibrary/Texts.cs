namespace PlainLibrary;

public static class Texts
{
    public static string Join(string first, string second, string separator = "-") => first + separator + second;

    public static int Sum(int left, int right) => PlainParts.Sums.Add(left, right);

    public static void Fail(string message) => throw new InvalidOperationException(message);

    public static async Task HangAsync(CancellationToken cancellationToken) => await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
}
