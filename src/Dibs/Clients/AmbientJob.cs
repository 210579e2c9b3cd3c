namespace Dibs.Clients;

/// <summary>The job in whose code we are, so that what it enqueues names it as its parent, and what it waits for does not wait for it. Set by the executor around a call.</summary>
internal static class AmbientJob
{
    private static readonly AsyncLocal<string?> Current = new();

    /// <summary>Id of the job; null outside of one. Flows with the call, and ends with the method that sets it.</summary>
    public static string? Id
    {
        get => Current.Value;
        set => Current.Value = value;
    }
}
