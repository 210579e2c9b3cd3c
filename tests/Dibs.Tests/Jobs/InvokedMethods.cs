using Microsoft.Extensions.DependencyInjection;

namespace Dibs.Tests.Jobs;

/// <summary>Stands for the attribute of ASP.NET Core, which is found by its name.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class FromServicesAttribute : Attribute;

public static class InvokedMethods
{
    public static string Filled(
        JobContext context, string first, [FromServices] Animal animal, [FromKeyedServices("second")] Animal second, string last,
        [FromServices] Dog? dog = null, CancellationToken token = default) =>
        $"{context.JobId} {context.Attempt} {token.CanBeCanceled} {animal.Name} {second.Name} {first} {last}{dog}";

    public static string Defaults(int id, DayOfWeek? day = DayOfWeek.Friday, decimal factor = 2.5m, string text = "", DateTime? when = null, CancellationToken token = default) =>
        FormattableString.Invariant($"{id} {day} {factor} {text} {when}");

    public static string Echo(string text) => text;

    public static string Rich((int Id, DayOfWeek Day) pair, IReadOnlyList<Animal> animals) => $"{pair.Id} {pair.Day} {animals[0].Name}";

    public static int Throws() => throw new NotSupportedException("Not this way.");

    public static async Task<int> ThrowsLater()
    {
        await Task.Yield();
        throw new NotSupportedException("Nor this way.");
    }

    public static string LargeEnough() => new('x', 1024 * 1024 - 2);

    public static string Large() => new('x', 1024 * 1024 - 1);
}

public interface IInvoked
{
    void Run();
}

public sealed class Counted : IDisposable
{
    private int _count;
    public int Disposed { get; private set; }
    public int Count() => ++_count;
    public void Dispose() => Disposed++;
}

public sealed class DisposalLog
{
    public int Count { get; set; }
}

public sealed class Unregistered(DisposalLog log) : IAsyncDisposable
{
    public int Disposed() => log.Count;

    public ValueTask DisposeAsync()
    {
        log.Count++;
        return default;
    }
}
