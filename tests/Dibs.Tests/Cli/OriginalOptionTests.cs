using Dibs.Cli.Commands;
using Dibs.Tests.Support;

namespace Dibs.Tests.Cli;

/// <summary>Who brings a worker line of Pulp is told what became of its options.</summary>
public sealed class OriginalOptionTests : IDisposable
{
    private readonly CliProcess _cli = new();

    public void Dispose() => _cli.Dispose();

    public static TheoryData<string, string> Words => new(OriginalOption.All.SelectMany(option => option.Names.Select(name => (name, option.Answer))));

    [Theory, MemberData(nameof(Words))]
    public async Task An_option_that_is_gone_answers_with_its_row(string word, string answer)
    {
        var harness = new CliHarness();
        foreach (var words in (string[][])[[word], [word, "value"], [$"{word}=value"]])
        {
            var result = await harness.RunAsync(["worker", "--allow-commands", .. words]);
            Assert.Equal((2, $"dibs: {answer}\n"), (result.Exit, result.Error));
        }
    }

    [Fact]
    public void The_table_of_the_documents_has_every_one()
    {
        var page = File.ReadAllText(Path.Combine(Checkout.Root, "docs/operations.md")).Replace("`", "", StringComparison.Ordinal);
        foreach (var option in OriginalOption.All)
            Assert.Contains($"| {option.Was} | {option.Now} |", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mask_in_decimal_is_told_in_octal()
    {
        var result = await new CliHarness().RunAsync("worker", "--allow-commands", "--umask", "18");
        Assert.Equal(2, result.Exit);
        Assert.Contains("write 022", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_left_of_the_lines_works()
    {
        await _cli.RunAsync("enqueue", "--", "true");
        var result = await _cli.RunAsync("worker", "-n", "resource_manager@%%h", "-c", "1", "--umask", "022", "--allow-commands", "--burst", "--json", "--quiet");
        Assert.Equal((0, ""), (result.Exit, result.Error));
        Assert.StartsWith("resource_manager@", result.Json.GetProperty("name").GetString(), StringComparison.Ordinal);
    }
}
