using System.Text.Json;

namespace Dibs.Tests.Cli;

/// <summary>Three applications of other people, none of which knows the command line.</summary>
public sealed class AppTests : IDisposable
{
    private readonly CliProcess _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task A_plain_library_runs_with_the_projects_it_references()
    {
        Assert.Equal("a+b", await RunAsync("PlainLibrary", "PlainLibrary.Texts.Join", "a", "b", "separator=+"));
        Assert.Equal("a-7", await RunAsync("PlainLibrary", "PlainLibrary.Texts.Join", "a", "7"));
        Assert.Equal("5", await RunAsync("PlainLibrary", "PlainLibrary.Texts.Sum", "2", "3"));
        Assert.Equal("5", await RunAsync("PlainLibrary", "PlainParts.Sums.Add", "2", "3"));
    }

    [Fact]
    public async Task A_console_app_brings_its_services_and_native_libraries()
    {
        Assert.Equal("4", await RunAsync("ConsoleApp", "ConsoleApp.Shop.Price", "soap"));
        Assert.Matches(@"^3\.\d+", await RunAsync("ConsoleApp", "ConsoleApp.Shop.Native"));
    }

    [Fact]
    public async Task A_job_of_an_app_enqueues_another_one_on_the_same_store()
    {
        await _cli.RunAsync("enqueue", "--id", "order", "ConsoleApp.Shop.OrderAsync", "soap");
        Assert.Equal(0, (await _cli.RunAsync("worker", "--app", CliProcess.App("ConsoleApp"), "--burst")).Exit);
        var price = (await _cli.RunAsync("job", "order-price", "--json")).Json;
        Assert.Equal(("completed", "order"), (price.GetProperty("state").GetString(), price.GetProperty("parent").GetString()));
    }

    [Fact]
    public async Task A_web_app_has_its_settings_its_directory_and_the_shared_framework()
    {
        Assert.Equal("Hello you.", await RunAsync("WebApp", "WebApp.Pages.Greet", "you"));
        Assert.Equal("Production release", await RunAsync("WebApp", "WebApp.Pages.Environment"));
        Assert.Equal("?name=you", await RunAsync("WebApp", "WebApp.Pages.Query", "you"));
        _cli.Variables["DOTNET_ENVIRONMENT"] = "Development";
        Assert.Equal("Hello you!", await RunAsync("WebApp", "WebApp.Pages.Greet", "you"));
        _cli.Variables["Greeting"] = "Servus";
        Assert.Equal("Servus you!", await RunAsync("WebApp", "WebApp.Pages.Greet", "you"));
    }

    [Fact]
    public async Task Several_apps_come_from_the_environment()
    {
        _cli.Variables["DIBS_APP"] = $"{CliProcess.App("PlainLibrary")}:{CliProcess.App("ConsoleApp")}";
        await _cli.RunAsync("enqueue", "--id", "a", "PlainLibrary.Texts.Sum", "1", "2");
        await _cli.RunAsync("enqueue", "--id", "b", "ConsoleApp.Shop.Price", "soap");
        Assert.Equal(0, (await _cli.RunAsync("worker", "--burst")).Exit);
        Assert.Equal(2, (await _cli.RunAsync("jobs", "--state", "completed")).Lines.Length);
    }

    [Fact]
    public async Task What_a_method_throws_is_the_error_of_the_job()
    {
        await _cli.RunAsync("enqueue", "--id", "one", "PlainLibrary.Texts.Fail", "out of soap");
        await _cli.RunAsync("worker", "--app", CliProcess.App("PlainLibrary"), "--burst");
        var job = (await _cli.RunAsync("job", "one", "--json")).Json;
        Assert.Equal(("failed", "threw"), (job.GetProperty("state").GetString(), job.GetProperty("reason").GetString()));
        Assert.Equal("out of soap", job.GetProperty("error").GetProperty("message").GetString());
    }

    [Fact]
    public async Task An_unknown_method_fails_its_job_and_the_worker_goes_on()
    {
        await _cli.RunAsync("enqueue", "--id", "one", "PlainLibrary.Texts.Jion", "a", "b");
        await _cli.RunAsync("enqueue", "--id", "two", "PlainLibrary.Texts.Join", "a", "b");
        Assert.Equal(0, (await _cli.RunAsync("worker", "--app", CliProcess.App("PlainLibrary"), "--burst", "-c", "1")).Exit);
        Assert.Equal("unknown-method", (await _cli.RunAsync("job", "one", "--json")).Json.GetProperty("reason").GetString());
        Assert.Equal("completed\n", (await _cli.RunAsync("job", "two", "--quiet")).Out);
    }

    [Theory]
    [InlineData("PlainLibrary.Texts.Jion", "PlainLibrary.Texts.Join")]
    [InlineData("PlainLibrary.Texts.Join", "first")]
    public async Task With_an_app_method_and_arguments_are_checked_before_anything_is_stored(string method, string hint)
    {
        var result = await _cli.RunAsync("enqueue", "--app", CliProcess.App("PlainLibrary"), method);
        Assert.Equal((2, ""), (result.Exit, result.Out));
        Assert.Contains(hint, result.Error, StringComparison.Ordinal);
        Assert.Equal("", (await _cli.RunAsync("jobs")).Out);
    }

    [Fact]
    public async Task An_app_that_cannot_be_loaded_is_refused_with_its_reason_in_one_line()
    {
        await File.WriteAllTextAsync(_cli.File("text.dll"), "this is text", TestContext.Current.CancellationToken);
        // Without the project that it references.
        File.Copy(CliProcess.App("PlainLibrary"), _cli.File("PlainLibrary.dll"));
        File.Copy(Path.ChangeExtension(CliProcess.App("PlainLibrary"), "deps.json"), _cli.File("PlainLibrary.deps.json"));
        foreach (var (file, reason) in new[] { ("nothing.dll", "does not exist"), (".", "is a directory"), ("text.dll", "is not a .NET assembly"), ("PlainLibrary.dll", "does not load") })
        {
            var result = await _cli.RunAsync("worker", "--app", file);
            Assert.Equal(78, result.Exit);
            Assert.Contains(reason, result.Error, StringComparison.Ordinal);
            Assert.Equal(1, result.Error.Count(letter => letter == '\n'));
        }
    }

    private async Task<string> RunAsync(string app, params string[] call)
    {
        var id = (await _cli.RunAsync(["enqueue", "--app", CliProcess.App(app), .. call])).Out.Trim();
        Assert.Equal(0, (await _cli.RunAsync("worker", "--app", CliProcess.App(app), "--burst")).Exit);
        var job = (await _cli.RunAsync("job", id, "--json")).Json;
        Assert.True(job.GetProperty("state").GetString() == "completed", job.GetRawText());
        var result = job.GetProperty("result");
        return result.ValueKind == JsonValueKind.String ? result.GetString()! : result.GetRawText();
    }
}
