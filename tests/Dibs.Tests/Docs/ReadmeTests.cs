using System.Diagnostics;
using Dibs.Tests.Support;

namespace Dibs.Tests.Docs;

/// <summary>The example of the README is a program that is built and run here, and its links lead somewhere.</summary>
public partial class ReadmeTests
{
    private static readonly string Root = Checkout.Root;

    [Fact]
    public void The_example_is_the_program_that_is_tested() =>
        Assert.Contains($"```csharp\n{File.ReadAllText(Path.Combine(Root, "tests/Apps/Readme/Program.cs")).TrimEnd()}\n```", File.ReadAllText(Path.Combine(Root, "README.md")), StringComparison.Ordinal);

    [Fact]
    public async Task The_example_does_what_it_says()
    {
        using var folder = TemporaryFolder.OnDisk();
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(Root, "artifacts/bin/Readme/release/Readme.dll")])
        {
            WorkingDirectory = folder.Path,
            RedirectStandardOutput = true,
        })!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
        Assert.Contains("It needs 'repository:debian' shared: held by", output, StringComparison.Ordinal);
        Assert.Contains("debian is published from Readme", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_link_in_the_documents_leads_to_a_file_and_a_heading()
    {
        string[] folders = ["docs", "samples", "deploy"];
        var pages = Directory.GetFiles(Root, "*.md")
            .Concat(folders.SelectMany(folder => Directory.GetFiles(Path.Combine(Root, folder), "*.md", SearchOption.AllDirectories))).ToArray();
        var broken =
            from page in pages
            from link in Link().Matches(File.ReadAllText(page)).Select(match => match.Groups[1].Value)
            where !link.Contains("://", StringComparison.Ordinal) && !Leads(page, link)
            select $"{Path.GetRelativePath(Root, page)}: {link}";
        Assert.Contains(pages, page => page.Contains("FileRepository", StringComparison.Ordinal));
        Assert.Empty(broken);
    }

    private static bool Leads(string page, string link)
    {
        var (file, heading) = link.Split('#') is [var name, var anchor] ? (name, anchor) : (link, null);
        var target = file.Length == 0 ? page : Path.Combine(Path.GetDirectoryName(page)!, file);
        return Path.Exists(target) && (heading is null || Heading().Matches(File.ReadAllText(target)).Any(match => AnchorOf(match.Groups[1].Value) == heading));
    }

    /// <summary>As the usual hosts of Markdown make it.</summary>
    private static string AnchorOf(string heading) =>
        string.Concat(heading.ToLowerInvariant().Where(letter => char.IsLetterOrDigit(letter) || letter is ' ' or '-' or '_')).Replace(' ', '-');

    [System.Text.RegularExpressions.GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial System.Text.RegularExpressions.Regex Link();

    [System.Text.RegularExpressions.GeneratedRegex(@"^#+ (.*)$", System.Text.RegularExpressions.RegexOptions.Multiline)]
    private static partial System.Text.RegularExpressions.Regex Heading();
}
