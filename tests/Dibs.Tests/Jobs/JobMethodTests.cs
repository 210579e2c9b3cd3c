using System.Text;
using System.Text.Json;
using Dibs.Jobs;
using Microsoft.Extensions.DependencyInjection;

namespace Dibs.Tests.Jobs;

public class JobMethodTests
{
    private static readonly MethodCatalog Catalog = new([typeof(JobMethodTests).Assembly]);

    [Theory]
    [InlineData("StaticCalls.Nothing", null)]
    [InlineData("StaticCalls.Later", null)]
    [InlineData("StaticCalls.LaterByValue", null)]
    [InlineData("StaticCalls.Text", "\"text 7\"")]
    [InlineData("StaticCalls.TextLater", "\"text 7\"")]
    [InlineData("StaticCalls.TextLaterByValue", "\"text 7\"")]
    [InlineData("ServiceCalls.Nothing", null)]
    [InlineData("ServiceCalls.Later", null)]
    [InlineData("ServiceCalls.LaterByValue", null)]
    [InlineData("ServiceCalls.Text", "\"text 7\"")]
    [InlineData("ServiceCalls.TextLater", "\"text 7\"")]
    [InlineData("ServiceCalls.TextLaterByValue", "\"text 7\"")]
    public async Task Every_kind_of_method_is_called_and_its_result_written(string method, string? result) =>
        Assert.Equal(result, await InvokeAsync($"Dibs.Tests.Clients.{method}", """{"args":[7]}"""));

    [Fact]
    public async Task What_belongs_to_the_attempt_is_filled_in()
    {
        var services = new ServiceCollection().AddSingleton(new Animal("Rex")).AddKeyedSingleton("second", new Animal("Bello")).BuildServiceProvider();
        Assert.Equal("\"job-1 2 True Rex Bello a b\"", await InvokeAsync(
            "Dibs.Tests.Jobs.InvokedMethods.Filled", """{"args":["a"],"named":{"last":"b"}}""", services));
    }

    [Fact]
    public async Task Defaults_are_used_for_what_was_not_given() =>
        Assert.Equal("\"1 Friday 2.5  \"", await InvokeAsync("Dibs.Tests.Jobs.InvokedMethods.Defaults", """{"args":[1]}"""));

    [Theory]
    [InlineData("12.50", "12.50")]
    [InlineData("true", "true")]
    [InlineData("\"x\"", "x")]
    public async Task A_bare_number_or_truth_value_goes_to_text_as_it_was_typed(string json, string text) =>
        Assert.Equal(JsonSerializer.Serialize(text), await InvokeAsync("Dibs.Tests.Jobs.InvokedMethods.Echo", $$"""{"args":[{{json}}]}"""));

    [Fact]
    public async Task Tuples_enums_and_records_survive()
    {
        var pair = (Id: 1, Day: DayOfWeek.Friday);
        var animals = new List<Animal> { new("Rex") };
        var call = JobRequest.Call(() => InvokedMethods.Rich(pair, animals)).Read(Catalog);
        Assert.Equal("""[{"item1":1,"item2":"Friday"},[{"name":"Rex"}]]""", $"[{string.Join(",", call.Args.Select(arg => arg.GetRawText()))}]");
        Assert.Equal("\"1 Friday Rex\"", await InvokeAsync(call.Method!, JsonSerializer.Serialize(new { args = call.Args })));
    }

    [Fact]
    public async Task What_the_method_throws_comes_out_as_it_was_thrown()
    {
        var error = await Assert.ThrowsAsync<NotSupportedException>(() => InvokeAsync("Dibs.Tests.Jobs.InvokedMethods.Throws", "{}"));
        Assert.Contains(nameof(InvokedMethods.Throws), error.StackTrace, StringComparison.Ordinal);
        await Assert.ThrowsAsync<NotSupportedException>(() => InvokeAsync("Dibs.Tests.Jobs.InvokedMethods.ThrowsLater", "{}"));
    }

    [Fact]
    public async Task A_service_of_the_scope_is_used_and_left_alone()
    {
        var counted = new Counted();
        var services = new ServiceCollection().AddSingleton(counted).BuildServiceProvider();
        Assert.Equal("1", await InvokeAsync("Dibs.Tests.Jobs.Counted.Count", "{}", services));
        Assert.Equal("2", await InvokeAsync("Dibs.Tests.Jobs.Counted.Count", "{}", services));
        Assert.Equal(0, counted.Disposed);
    }

    [Fact]
    public async Task A_service_that_is_not_registered_is_made_for_the_call_and_disposed()
    {
        var log = new DisposalLog();
        var services = new ServiceCollection().AddSingleton(log).BuildServiceProvider();
        Assert.Equal("0", await InvokeAsync("Dibs.Tests.Jobs.Unregistered.Disposed", "{}", services));
        Assert.Equal(1, log.Count);
    }

    [Fact]
    public async Task An_interface_that_is_not_registered_is_named()
    {
        var error = await Assert.ThrowsAsync<UnfitException>(() => InvokeAsync("Dibs.Tests.Jobs.IInvoked.Run", "{}"));
        Assert.Contains("no service of the type 'Dibs.Tests.Jobs.IInvoked' is registered", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_result_over_the_limit_is_refused_and_one_at_it_kept()
    {
        Assert.Equal(1_048_576, (await InvokeAsync("Dibs.Tests.Jobs.InvokedMethods.LargeEnough", "{}"))!.Length);
        var error = await Assert.ThrowsAsync<UnfitException>(() => InvokeAsync("Dibs.Tests.Jobs.InvokedMethods.Large", "{}"));
        Assert.Equal("result-too-large", error.Code);
        Assert.Contains("1,048,577 bytes of JSON; the limit is 1,048,576", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Arguments_that_do_not_fit_any_more_are_named()
    {
        var error = await Assert.ThrowsAsync<UnfitException>(() => InvokeAsync("Dibs.Tests.Clients.Reports.Build", """{"named":{"id":[1]}}"""));
        Assert.Equal("argument-not-convertible", error.Code);
        Assert.Contains("Argument 'id' of 'Dibs.Tests.Clients.Reports.Build' is a System.Int32, which cannot be read from the JSON [1]", error.Message, StringComparison.Ordinal);
    }

    private static async Task<string?> InvokeAsync(string method, string content, IServiceProvider? services = null)
    {
        await using var empty = new ServiceCollection().BuildServiceProvider();
        var context = new JobContext(new("job-1", 2, 3), "default", TimeProvider.System, () => { }, TestContext.Current.CancellationToken, default);
        var result = await Catalog.Find(method).InvokeAsync(JobContent.FromBytes(Encoding.UTF8.GetBytes(content)), context, services ?? empty);
        return result is { } json ? Encoding.UTF8.GetString(json.Span) : null;
    }
}
