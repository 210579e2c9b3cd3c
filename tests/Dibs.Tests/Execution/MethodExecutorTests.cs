using System.Text;
using Dibs.Execution;
using Dibs.Jobs;
using Dibs.Stores;
using Microsoft.Extensions.DependencyInjection;

namespace Dibs.Tests.Execution;

/// <summary>How an attempt of a method ends, whatever its code, its arguments and its services do.</summary>
public class MethodExecutorTests
{
    private static readonly MethodCatalog Catalog = new([typeof(MethodExecutorTests).Assembly]);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Fails", "argument-not-convertible", "Argument 'how' of 'Dibs.Tests.Execution.ExecutedMethods.Fails' is a System.Int32, which cannot be read from the JSON \"x\"", """{"args":["x"]}""")]
    [InlineData("Fails", "missing-argument", "Give it by position, or by name as 'how'", "{}")]
    [InlineData("Cycle", "result-not-json", "'Dibs.Tests.Execution.ExecutedMethods.Cycle' returned a Dibs.Tests.Execution.Ring, which cannot be stored as JSON", "{}")]
    [InlineData("NaN", "result-not-json", "Return an id, or a plain record", "{}")]
    [InlineData("NoTask", "result-not-a-task", "returned null instead of a task", "{}")]
    [InlineData("Fails", "bad-content", "What is stored of the job cannot be read", "no JSON")]
    public async Task What_does_not_fit_is_named_by_its_code_and_shows_no_stack_of_ours(string method, string type, string message, string content)
    {
        var settlement = await RunAsync($"Dibs.Tests.Execution.ExecutedMethods.{method}", content);
        Assert.Equal((SettleOutcome.Failed, JobReasons.Threw, type), (settlement.Outcome, settlement.Reason, settlement.Error!.Type));
        Assert.Contains(message, settlement.Error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("MethodExecutor", settlement.Error.Detail ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_that_the_code_met_itself_is_what_it_threw()
    {
        var settlement = await RunAsync("Dibs.Tests.Execution.ExecutedMethods.Fails", """{"args":[1]}""");
        Assert.Equal((typeof(JobRefusedException).FullName, "Refused in the job."), (settlement.Error!.Type, settlement.Error.Message));
        Assert.Contains(nameof(ExecutedMethods.Fails), settlement.Error.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_method_that_returns_nothing_has_no_result_and_one_that_returns_null_has_null()
    {
        Assert.Null((await RunAsync("Dibs.Tests.Execution.ExecutedMethods.Nothing", "{}")).Result);
        Assert.Equal("null"u8.ToArray(), (await RunAsync("Dibs.Tests.Execution.ExecutedMethods.Null", "{}")).Result!.Value.ToArray());
    }

    [Fact]
    public async Task A_scope_that_cannot_be_disposed_fails_an_attempt_that_was_well()
    {
        var settlement = await RunAsync("Dibs.Tests.Execution.Undisposable.Run", """{"args":[false]}""", services => services.AddScoped<Undisposable>());
        Assert.Equal((SettleOutcome.Failed, "It cannot be disposed."), (settlement.Outcome, settlement.Error!.Message));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_the_code_threw_is_not_hidden_by_what_disposing_throws_after_it(bool isRegistered)
    {
        var context = Context(Ct);
        var settlement = await RunAsync("Dibs.Tests.Execution.Undisposable.Run", """{"args":[true]}""", services =>
        {
            if (isRegistered)
                services.AddScoped<Undisposable>();
        }, context);
        Assert.Equal("The job's own error.", settlement.Error!.Message);
        Assert.Contains(context.TakeReport()!.Lines, line => line.Text.Contains("It cannot be disposed.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_stop_stays_a_stop_when_disposing_throws_after_it()
    {
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        var settlement = await RunAsync("Dibs.Tests.Execution.Undisposable.Stop", "{}", services => services.AddScoped<Undisposable>(), Context(stop.Token));
        Assert.Equal(SettleOutcome.Stopped, settlement.Outcome);
    }

    private static JobContext Context(CancellationToken stop) => new(new("job-1", 1, 1), "default", TimeProvider.System, () => { }, stop, default);

    private static async Task<Settlement> RunAsync(string method, string content, Action<IServiceCollection>? configure = null, JobContext? context = null)
    {
        var collection = new ServiceCollection();
        configure?.Invoke(collection);
        // Not disposed: what it holds cannot be.
        var services = collection.BuildServiceProvider();
        var executor = new JobExecutor(new MethodExecutor(Catalog, services.GetRequiredService<IServiceScopeFactory>()), new CommandExecutor(allowed: false, TimeProvider.System));
        context ??= Context(Ct);
        return await executor.ExecuteAsync(new Claim { Key = context.Key, Method = method, Content = Encoding.UTF8.GetBytes(content), Queue = "default" }, context);
    }
}

public static class ExecutedMethods
{
    public static void Nothing() { }

    public static string? Null() => null;

    public static int Fails(int how) => throw new JobRefusedException($"code-{how}", "Refused in the job.");

    public static Ring Cycle()
    {
        var ring = new Ring();
        ring.Next = ring;
        return ring;
    }

    public static double NaN() => double.NaN;

    public static Task NoTask() => null!;
}

public sealed class Ring
{
    public Ring? Next { get; set; }
}

public sealed class Undisposable : IDisposable
{
    public bool Run(bool fail) => fail ? throw new NotSupportedException("The job's own error.") : true;

    public void Stop(CancellationToken stop) => stop.ThrowIfCancellationRequested();

    public void Dispose() => throw new InvalidOperationException("It cannot be disposed.");
}
