using System.Text.RegularExpressions;
using Dibs.Cli.Output;
using Dibs.Stores;
using Spectre.Console;

namespace Dibs.Tests.Cli;

public sealed partial class TerminalTests
{
    private const string Emoji = "😀";

    private static readonly string[] Views = ["jobs", "job a", "job a --verbose", "job b", "why b", "queues", "workers", "resources", "info", "info --verbose", "job a --logs", "cancel a --dry-run"];

    private readonly CliHarness _cli = new();

    [Theory]
    [InlineData(80)]
    [InlineData(81)]
    [InlineData(200)]
    public async Task Wide_letters_fit_and_are_not_torn_apart(int width)
    {
        await FillAsync(string.Concat(Enumerable.Repeat(Emoji, 64)), "資源" + string.Concat(Enumerable.Repeat(Emoji, 40)));
        _cli.Terminal = width;
        foreach (var view in Views)
        {
            var result = await _cli.RunAsync(view.Split(' '));
            Assert.True(result.Exit == 0, result.Error);
            Assert.DoesNotContain(result.Out.EnumerateRunes(), rune => rune == System.Text.Rune.ReplacementChar);
            if (!view.StartsWith("why", StringComparison.Ordinal) && view != "job a --logs")
                Assert.All(result.Lines, line => Assert.InRange(Colors().Replace(line, "").GetCellWidth(), 0, width));
        }
    }

    [Theory]
    [InlineData(80)]
    [InlineData(null)]
    public async Task Nothing_of_a_job_does_something_to_the_terminal(int? width)
    {
        // A window title, a question to the terminal, C1, a bell, a carriage return, ends of lines, writing from right to left, and no character at all.
        const string Evil = "x\e]0;owned\a\e[5n\u009b2J\r\u0085\u2028\u2029\u202etxt\u2066\ufffe\uffff\0y";
        await FillAsync(Evil, "r\u009b2J\u202e");
        _cli.Terminal = width;
        foreach (var view in Views.Concat(Views.Select(view => $"{view} --json")).Append($"why {Evil}").Append($"job {Evil}").Append($"{Evil}").Append($"jobs --{Evil}").Append($"jobs --worker {Evil}"))
        {
            var result = await _cli.RunAsync(view.Split(' '));
            Assert.True(result.Exit is 0 or 2 or 4, result.Error);
            // In a document only control characters are escaped: it is for programs.
            Assert.DoesNotMatch(view.EndsWith("--json", StringComparison.Ordinal) ? Control() : Unsafe(), Colors().Replace(result.Out, ""));
            Assert.DoesNotMatch(Unsafe(), result.Error);
        }
    }

    [Fact]
    public async Task One_long_text_does_not_make_every_piped_line_as_long()
    {
        await _cli.Jobs.EnqueueCommandAsync(["echo", new string('x', 100_000)], options: new JobOptions { Id = "long" }, cancellationToken: TestContext.Current.CancellationToken);
        await _cli.EnqueueAsync("short");
        var lines = (await _cli.RunAsync("jobs")).Lines;
        Assert.InRange(lines.Single(line => line.StartsWith("short", StringComparison.Ordinal)).Length, 0, 200);
        Assert.Contains(new string('x', 100_000), lines.Single(line => line.StartsWith("long", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("one two three", 7, "one two|three")]
    [InlineData("one two three", 80, "one two three")]
    [InlineData("one  two", 5, "one |two")]
    [InlineData("abcdefgh i", 3, "abc|def|gh|i")]
    [InlineData("ab 資源資源", 5, "ab|資源|資源")]
    [InlineData("資", 1, "資")]
    [InlineData("e\u0301e\u0301e\u0301", 2, "e\u0301e\u0301|e\u0301")]
    [InlineData("", 5, "")]
    public void Text_is_broken_between_words_and_else_between_letters(string text, int width, string lines) => Assert.Equal(lines.Split('|'), TextWidth.Wrap(text, width));

    [Theory]
    [InlineData("資源資源", 8, "資源資源")]
    [InlineData("資源資源", 7, "資源資…")]
    [InlineData("資源資源", 6, "資源…")]
    [InlineData("abc", 0, "a…")]
    public void What_does_not_fit_is_cut(string text, int width, string shown) => Assert.Equal(shown, TextWidth.Cut(text, width));

    [Fact]
    public async Task Whatever_interrupts_a_picture_in_place_the_terminal_is_given_back()
    {
        if (!OperatingSystem.IsLinux() || !File.Exists("/usr/bin/script"))
            Assert.Skip("there is no 'script' to make a terminal");
        using var cli = new CliProcess();
        using var session = new TerminalSession(cli);
        session.Type("stty -g > before; dibs enqueue --id one --wait -- true\n");
        await session.UntilAsync("No live worker serves");
        session.Type("\x1a");
        await session.UntilAsync("Stopped");
        AssertCursorIsShown(session);
        session.Type("fg\n");
        await session.UntilAsync("No live worker serves");
        session.Type("\x03");
        await session.UntilAsync("stopped following");
        session.Type("echo \"exit=$?\"; stty -g | cmp - before && echo as='before'\n");
        await session.UntilAsync("exit=130");
        await session.UntilAsync("as=before");
        AssertCursorIsShown(session);
        // Keys in application mode are what the console of .NET would leave behind.
        Assert.DoesNotContain("\e[?1h", session.Seen, StringComparison.Ordinal);
        Assert.Equal(0, (await cli.RunAsync("verify")).Exit);
    }

    private static void AssertCursorIsShown(TerminalSession session) =>
        Assert.True(session.Seen.LastIndexOf("\e[?25h", StringComparison.Ordinal) > session.Seen.LastIndexOf("\e[?25l", StringComparison.Ordinal), session.Seen);

    private async Task FillAsync(string text, string name)
    {
        var options = new JobOptions { Id = "a", Queue = name, Exclusive = [name], Description = text, Labels = new Dictionary<string, string> { [name] = name } };
        await _cli.Jobs.EnqueueCommandAsync(["echo", text.Replace("\0", "", StringComparison.Ordinal)], new Dictionary<string, string> { ["E" + name] = "" }, options);
        await _cli.Jobs.EnqueueCommandAsync(["true"], options: new JobOptions { Id = "b", Queue = name, Exclusive = [name] });
        var key = (await _cli.ClaimAsync(1, name))[0].Key;
        var progress = new ProgressRecord { Code = "c", Message = text, Done = 1, State = "running", Suffix = text };
        await _cli.Store.ReportAsync([new JobReport { Key = key, Lines = [new LogLine(_cli.Time.GetUtcNow(), text)], Progress = [progress], Created = [text] }], CancellationToken.None);
    }

    [GeneratedRegex("\e\\[[0-9;]*m")]
    private static partial Regex Colors();

    [GeneratedRegex(@"[\u0000-\u0009\u000b-\u001f\u007f-\u009f]")]
    private static partial Regex Control();

    [GeneratedRegex(@"[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]")]
    private static partial Regex Unsafe();
}
