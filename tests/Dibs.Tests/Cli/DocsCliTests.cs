using System.Text.RegularExpressions;
using Dibs.Tests.Redis.Servers;
using Dibs.Tests.Support;

namespace Dibs.Tests.Cli;

/// <summary>
/// Runs the examples of pages in their order, and compares what they say with what the page says. Those of <c>docs/cli.md</c> are every
/// verb, so they run on every store that several processes can share.
/// </summary>
public sealed partial class DocsCliTests : IDisposable
{
    private readonly CliProcess _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public Task The_examples_do_what_the_page_says() => RunAsync("cli.md", least: 20, "sqlite:…");

    [Fact]
    public Task The_example_of_a_fence_does_what_the_page_says() => RunAsync("fences.md", least: 5, "sqlite:…");

    [Fact]
    public async Task The_examples_do_the_same_on_Redis()
    {
        // One that keeps what it has, so that nobody is warned.
        await using var server = await RedisServer.StartAsync(new() { AppendOnly = "everysec" });
        _cli.Variables["DIBS_STORE"] = server.Address;
        await RunAsync("cli.md", least: 20, "redis://…");
    }

    private async Task RunAsync(string name, int least, string store)
    {
        var page = await File.ReadAllTextAsync(Path.Combine(Checkout.Root, "docs", name), TestContext.Current.CancellationToken);
        var examples = Blocks().Matches(page).SelectMany(block => Examples().Matches(block.Groups["text"].Value)).ToArray();
        Assert.True(examples.Length > least);
        foreach (var example in examples)
        {
            var command = example.Groups["command"].Value.Replace("\n> ", "\n", StringComparison.Ordinal);
            var result = await _cli.ShellAsync($"{{ {command}\n}} 2>&1");
            Assert.True(result.Exit == ExitOf(command), $"{command}\nexit {result.Exit}\n{result.Out}");
            var shown = example.Groups["output"].Value.TrimEnd('\n').Replace("sqlite:…", store, StringComparison.Ordinal);
            Assert.True(Matches(shown, result.Out.TrimEnd('\n')), $"{command}\nsays\n{result.Out}\nand not\n{shown}");
        }
    }

    private static int ExitOf(string command) => Exit().Match(command) is { Success: true } exit ? int.Parse(exit.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture) : 0;

    private static bool Matches(string shown, string said) => Regex.IsMatch(said, $"^{Regex.Escape(shown).Replace("…", ".*", StringComparison.Ordinal)}$", RegexOptions.Singleline);

    [GeneratedRegex("```console\n(?<text>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Blocks();

    [GeneratedRegex(@"^\$ (?<command>.*(?:\n> .*)*)\n(?<output>(?:(?!\$ ).*\n)*)", RegexOptions.Multiline)]
    private static partial Regex Examples();

    [GeneratedRegex(@"# exit (\d+)$")]
    private static partial Regex Exit();
}
