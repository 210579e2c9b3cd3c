namespace Dibs.Tests.Clients;

/// <summary>One static method per kind of return type.</summary>
public static class StaticCalls
{
    public static void Nothing(int id) => _ = id;
    public static Task Later(int id) => Task.FromResult(id);
    public static ValueTask LaterByValue(int id) => new(Task.FromResult(id));
    public static string Text(int id) => $"text {id}";
    public static Task<string> TextLater(int id) => Task.FromResult($"text {id}");
    public static ValueTask<string> TextLaterByValue(int id) => new($"text {id}");
}

/// <summary>One method of a service per kind of return type.</summary>
public class ServiceCalls
{
    public void Nothing(int id) => _ = id;
    public Task Later(int id) => Task.FromResult(id);
    public ValueTask LaterByValue(int id) => new(Task.FromResult(id));
    public string Text(int id) => $"text {id}";
    public Task<string> TextLater(int id) => Task.FromResult($"text {id}");
    public ValueTask<string> TextLaterByValue(int id) => new($"text {id}");
}

/// <summary>Methods that say <c>async</c>: the compiler warns of a call of one that is not awaited, wherever it takes the call for a statement.</summary>
public class AsyncCalls
{
    public static async Task StaticLater(int id) => await Task.FromResult(id);
    public static async Task<int> StaticNumber(int id) => await Task.FromResult(id);
    public static async ValueTask StaticLaterByValue(int id) => await Task.FromResult(id);
    public static async ValueTask<int> StaticNumberByValue(int id) => await Task.FromResult(id);
    public async Task Later(int id) => await Task.FromResult(id);
    public async Task<int> Number(int id) => await Task.FromResult(id);
    public async ValueTask LaterByValue(int id) => await Task.FromResult(id);
    public async ValueTask<int> NumberByValue(int id) => await Task.FromResult(id);
}

public sealed record Report(int Id, string Title);

/// <summary>The service of the examples.</summary>
public class Reports
{
    public static void Build(int id) => _ = id;
    public Task<Report> BuildAsync(int id, CancellationToken cancellationToken) => Task.FromResult(new Report(id, $"Report {id}"));
}

public static class Repositories
{
    public static Task Sync(int repository, string url, bool mirror = false, JobContext? context = null, CancellationToken cancellationToken = default) => Task.CompletedTask;
}
