using Dibs.Tests.Docs.Fences;
using Dibs.Tests.Support;
using Microsoft.Data.Sqlite;

namespace Dibs.Tests.Docs;

/// <summary>The examples of <c>docs/fences.md</c> are the programs that are tested here; its commands run in the tests of the command line.</summary>
public sealed class FenceExampleTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("FencedFile.cs")]
    [InlineData("FencedTable.cs")]
    public void The_page_shows_the_program_that_is_tested(string file)
    {
        var text = File.ReadAllText(Path.Combine(Checkout.Root, "tests/Dibs.Tests/Docs/Fences", file));
        var program = text[text.IndexOf("/// <summary>", StringComparison.Ordinal)..].TrimEnd();
        Assert.Contains($"```csharp\n{program}\n```", File.ReadAllText(Path.Combine(Checkout.Root, "docs/fences.md")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_refuses_who_was_overtaken()
    {
        using var folder = TemporaryFolder.InMemory();
        var file = new FencedFile(folder.File("report"));
        await AssertKeepsMarksAsync(
            (text, fence, mode) => Task.FromResult(file.TryWrite(text, fence, mode)),
            async () => await File.ReadAllTextAsync(folder.File("report"), Token));
    }

    [Fact]
    public async Task A_table_refuses_who_was_overtaken()
    {
        await using var connection = new SqliteConnection("Data Source=:memory:");
        await connection.OpenAsync(Token);
        await RunAsync(FencedTable.Schema);
        await AssertKeepsMarksAsync(
            (text, fence, mode) => FencedTable.TryWriteAsync(connection, "report", text, fence, mode),
            async () => (string?)await RunAsync("SELECT body FROM reports WHERE name = 'report'"));

        async Task<object?> RunAsync(string sql)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = sql;
            return await command.ExecuteScalarAsync(Token);
        }
    }

    /// <summary>Writers in a random order are let in and refused as the marks say, and nothing of a refused one is left.</summary>
    private static async Task AssertKeepsMarksAsync(Func<string, long, ReservationMode, Task<bool>> tryWrite, Func<Task<string?>> read)
    {
        var random = new Random(RandomTrials.FirstSeed());
        var (marks, last, refused) = (default(FenceMarks), "", 0);
        for (var i = 0; i < 200; i++)
        {
            var (fence, mode) = (random.Next(1, 20) + i / 10, random.Next(2) == 0 ? ReservationMode.Exclusive : ReservationMode.Shared);
            var passes = marks.TryPass(fence, mode, out marks);
            Assert.Equal(passes, await tryWrite($"write {i}", fence, mode));
            (last, refused) = passes ? ($"write {i}", refused) : (last, refused + 1);
            Assert.Equal(last, await read());
        }
        Assert.InRange(refused, 20, 180);
    }
}
