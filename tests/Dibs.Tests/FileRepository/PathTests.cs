using FileRepository.Manifests;

namespace Dibs.Tests.FileRepository;

public class PathTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("a/b/c.txt")]
    [InlineData("...a/.hidden/a..b")]
    [InlineData("with space, comma & 100%?.txt")]
    [InlineData("日本語/ö.bin")]
    [InlineData("console.log")]
    [InlineData("com10.txt")]
    public void A_path_that_means_the_same_everywhere_is_accepted(string path) => Assert.Equal(path, RelativePath.Parse(path).Value);

    [Theory]
    [InlineData("")]
    [InlineData("/etc/passwd")]
    [InlineData("//server/share")]
    [InlineData("..")]
    [InlineData("../a")]
    [InlineData("a/../../b")]
    [InlineData("a/./b")]
    [InlineData("./a")]
    [InlineData("a//b")]
    [InlineData("a/")]
    [InlineData("..\\a")]
    [InlineData("a\\b")]
    [InlineData("C:")]
    [InlineData("C:/Windows")]
    [InlineData("file.txt:stream")]
    [InlineData("a\0b")]
    [InlineData("a\nb")]
    [InlineData("a\u0085b")]
    [InlineData("#a")]
    [InlineData(" a")]
    [InlineData("a /b")]
    [InlineData("a./b")]
    [InlineData("NUL")]
    [InlineData("nul.txt")]
    [InlineData("a/Con/b")]
    [InlineData("aux .log")]
    [InlineData("lpt1")]
    [InlineData("COM¹.txt")]
    [InlineData("conin$")]
    public void A_path_that_leads_elsewhere_on_some_system_is_refused(string path) =>
        Assert.Throws<FormatException>(() => RelativePath.Parse(path));

    [Fact]
    public void Half_a_character_is_refused() => Assert.Contains("not valid Unicode", Refusal("a\ud800"));

    [Fact]
    public void Lengths_are_limited_in_bytes()
    {
        Assert.Contains("256 bytes; the limit is 255", Refusal(new string('ö', 128)));
        Assert.Contains("1025 bytes; the limit is 1024", Refusal(string.Concat(Enumerable.Repeat("abcd/", 205))));
        RelativePath.Parse(string.Join('/', Enumerable.Repeat(new string('x', 255), 4)));
    }

    [Fact]
    public void An_error_shows_a_hostile_name_without_what_moves_the_cursor_or_turns_text_around()
    {
        Assert.Equal("The path 'a\uFFFD[2Jb' has a control character.", Refusal("a\u001b[2Jb"));
        Assert.StartsWith("The path 'a\uFFFDb/' has an empty segment", Refusal("a\u202Eb/"));
    }

    [Theory]
    [InlineData("a", "a")]
    [InlineData("a/b", "A/B")]
    [InlineData("a", "a/b")]
    [InlineData("a/b", "a")]
    [InlineData("a/b/c", "A")]
    [InlineData("A/b", "a/B/c")]
    public void Two_paths_that_cannot_exist_side_by_side_are_refused_with_both_names(string first, string second)
    {
        var paths = new PathSet();
        paths.Add(RelativePath.Parse(first));
        var error = Assert.Throws<FormatException>(() => paths.Add(RelativePath.Parse(second)));
        Assert.Contains($"'{first}'", error.Message);
        Assert.Contains($"'{second}'", error.Message);
    }

    [Fact]
    public void Paths_that_only_begin_alike_can_exist_side_by_side()
    {
        var paths = new PathSet();
        foreach (var path in new[] { "a/b", "a/c", "a.b", "ab", "A/d" })
            paths.Add(RelativePath.Parse(path));
    }

    private static string Refusal(string path) => Assert.Throws<FormatException>(() => RelativePath.Parse(path)).Message;
}
