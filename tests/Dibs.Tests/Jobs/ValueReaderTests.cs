using System.Linq.Expressions;
using Dibs.Jobs;

namespace Dibs.Tests.Jobs;

public class ValueReaderTests
{
    private static readonly int StaticField = 5;
    private readonly int _field = 6;

    [Fact]
    public void Constants_and_captured_variables_are_read()
    {
        int local = 3;
        int? some = 4, none = null;
        var order = new { Id = 9, Customer = new { Name = "Ann" }, Lines = new[] { 1, 2 } };
        Read(42, () => 42);
        Read("x", () => "x");
        Read(null, () => null!);
        Read(DayOfWeek.Friday, () => DayOfWeek.Friday);
        Read(3, () => local);
        Read(9, () => order.Id);
        Read("Ann", () => order.Customer.Name);
        Read(5, () => StaticField);
        Read(6, () => _field);
        Read(4, () => some);
        Read(4, () => some!.Value);
        Read(null, () => none);
        Read(false, () => none.HasValue);
        Read(Guid.Empty, () => Guid.Empty);
        Read(default(DateTimeOffset), () => default(DateTimeOffset));
    }

    [Fact]
    public void Conversions_arrays_and_initializers_are_read()
    {
        int local = 3;
        DayOfWeek day = DayOfWeek.Monday;
        Read(3L, () => (long)local);
        Read(3.0, () => (double)local);
        Read(1, () => (int)day);
        Read((byte?)3, () => (byte?)local);
        Assert.Equal([1, 3], Assert.IsType<int[]>(Evaluate(() => new[] { 1, local })));
        Assert.Equal(new int[3], Assert.IsType<int[]>(Evaluate(() => new int[local])));
        Assert.Equal([1, 3], Assert.IsType<List<int>>(Evaluate(() => new List<int> { 1, local })));
        Assert.Equal(new Animal("Rex"), Evaluate(() => new Animal("Rex")));
        Assert.Equal(new JobOptions { Queue = "q3" }.Queue, Assert.IsType<JobOptions>(Evaluate(() => new JobOptions { Queue = "q" + local })).Queue);
    }

    [Fact]
    public void Operators_indexers_and_text_are_read()
    {
        int local = 3;
        var list = new List<string> { "a", "b" };
        var array = new[] { 7, 8 };
        string? nothing = null;
        Read(4, () => local + 1);
        Read(true, () => local > 2 && local != 4);
        Read("b", () => list[1]);
        Read(8, () => array[1]);
        Read(2, () => array.Length);
        Read("fallback", () => nothing ?? "fallback");
        Read("big", () => local > 2 ? "big" : "small");
        Read("repository:3", () => $"repository:{local}");
        Read(TimeSpan.FromMinutes(3), () => TimeSpan.FromMinutes((double)local));
        Read("3", () => local.ToString());
    }

    [Fact]
    public void Elements_of_rectangular_arrays_are_read()
    {
        var grid = new[,] { { 1, 2 }, { 3, 4 } };
        Read(4, () => grid[1, 1]);
    }

    [Fact]
    public void Nothing_is_compiled()
    {
        static object? ReadMany(int count)
        {
            object? last = null;
            for (var i = 0; i < count; i++)
            {
                var (number, text) = (i, $"{i}");
                last = Evaluate(() => new { number, text, Sum = number + text.Length });
            }
            return last;
        }
        ReadMany(50);
        var before = System.Runtime.JitInfo.GetCompiledMethodCount(currentThread: true);
        ReadMany(200);
        Assert.InRange(System.Runtime.JitInfo.GetCompiledMethodCount(currentThread: true) - before, 0, 50);
    }

    private static void Read(object? expected, Expression<Func<object?>> expression) => Assert.Equal(expected, Evaluate(expression));

    private static object? Evaluate(Expression<Func<object?>> expression) => ValueReader.Read(expression.Body, "It");
}
