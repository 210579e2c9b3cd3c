using System.Text;
using FileRepository;
using FileRepository.Manifests;

namespace Dibs.Tests.FileRepository;

public class ManifestTests
{
    private static readonly string _digest = new('a', 64);

    [Fact]
    public void A_line_is_path_digest_and_size()
    {
        var entry = Assert.Single(Parse($"tools/1.iso,{_digest},1024\n"));
        Assert.Equal(("tools/1.iso", _digest, 1024L), (entry.Path.Value, entry.Digest.Value, entry.Size));
    }

    [Fact]
    public void Fields_are_split_from_the_right_and_trimmed()
    {
        var entry = Assert.Single(Parse($"  a, b, and c.txt , {_digest} ,\t7 \r\n"));
        Assert.Equal(("a, b, and c.txt", 7L), (entry.Path.Value, entry.Size));
    }

    [Fact]
    public void Blank_lines_comments_and_a_byte_order_mark_say_nothing() =>
        Assert.Equal(["a", "b"], Parse($"\uFEFF# files\n\n   \na,{_digest},1\n  # more\nb,{_digest},1").Select(entry => entry.Path.Value));

    [Fact]
    public void A_digest_in_capitals_is_the_same_digest() =>
        Assert.Equal(_digest, Assert.Single(Parse($"a,{_digest.ToUpperInvariant()},1")).Digest.Value);

    [Fact]
    public void What_is_written_can_be_read_again()
    {
        var entries = Parse($"b, c,{_digest},1\nä/ö,{_digest},9007199254740993\n", SyncLimits.None);
        Assert.Equal(entries, Parse(Manifest.Write(entries), SyncLimits.None));
        Assert.Equal($"b, c,{_digest},1\nä/ö,{_digest},9007199254740993\n", Manifest.Write(entries));
    }

    [Theory]
    [InlineData("a", "fewer than three fields")]
    [InlineData("a,1", "fewer than three fields")]
    [InlineData(",D,1", "is empty")]
    [InlineData("a,xyz,1", "not a SHA-256 of 64")]
    [InlineData("a,D,", "not a number of bytes")]
    [InlineData("a,D,-1", "not a number of bytes")]
    [InlineData("a,D,1.5", "not a number of bytes")]
    [InlineData("a,D,99999999999999999999", "not a number of bytes")]
    [InlineData("pulp_manifest,D,1", "the manifest itself")]
    [InlineData("PULP_MANIFEST/below,D,1", "the manifest itself")]
    [InlineData("ok,D,1", "there twice")]
    [InlineData("ok,D,2", "there twice")]
    [InlineData("OK,D,1", "differ only in case")]
    [InlineData("ok/below,D,1", "needs it as a directory")]
    public void A_bad_line_is_named_with_its_number_and_the_format(string line, string flaw)
    {
        var error = Assert.Throws<FormatException>(() => Parse($"# comment\nok,{_digest},1\n{line.Replace("D", _digest)}\n"));
        Assert.StartsWith("PULP_MANIFEST line 3: ", error.Message);
        Assert.Contains(flaw, error.Message);
        Assert.EndsWith("'relative_path,sha256,size'.", error.Message);
    }

    [Fact]
    public void Text_that_is_not_utf8_is_refused() =>
        Assert.Contains("not UTF-8", Assert.Throws<FormatException>(() => Manifest.Parse([0x61, 0xFF, 0x62], SyncLimits.Default)).Message);

    [Fact]
    public void More_entries_than_the_limit_are_refused() =>
        Assert.Contains("limit of 1", Assert.Throws<FormatException>(
            () => Parse($"a,{_digest},1\nb,{_digest},1", new SyncLimits { Entries = 1 })).Message);

    [Fact]
    public void A_file_over_the_limit_is_refused() =>
        Assert.Contains("the limit is 10", Assert.Throws<FormatException>(() => Parse($"a,{_digest},11", new SyncLimits { FileBytes = 10 })).Message);

    private static IReadOnlyList<ManifestEntry> Parse(string text, SyncLimits? limits = null) =>
        Manifest.Parse(Encoding.UTF8.GetBytes(text), limits ?? SyncLimits.Default);
}
