namespace Dibs.Jobs;

/// <summary>Work with something that is disposed after it.</summary>
internal static class Disposal
{
    /// <summary>Does the work and disposes. When both throw, what the work threw is the outcome; the other goes to the log of the job.</summary>
    public static async Task<T> DisposeAfterAsync<T>(this JobContext context, object owned, Func<Task<T>> work)
    {
        T result;
        try
        {
            result = await work();
        }
        catch
        {
            await DisposeOrLogAsync(owned, context);
            throw;
        }
        await DisposeAsync(owned);
        return result;
    }

    private static async Task DisposeOrLogAsync(object owned, JobContext context)
    {
        try
        {
            await DisposeAsync(owned);
        }
#pragma warning disable CA1031 // Code of the application, which may throw anything; it must not hide why the job failed.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            foreach (var line in $"After the job had thrown, disposing what it used threw too: {failure}".Split('\n'))
                context.Log(line.TrimEnd('\r'));
        }
    }

    private static async ValueTask DisposeAsync(object owned)
    {
        if (owned is IAsyncDisposable later)
            await later.DisposeAsync();
        else
            (owned as IDisposable)?.Dispose();
    }
}
