using Dibs.Sqlite.Writing;
using Dibs.Tests.Support;

namespace Dibs.Tests.Sqlite;

/// <summary>Writers of several processes take turns in the order in which they came.</summary>
public sealed class WriterLineTests : IDisposable
{
    private readonly TemporaryFolder _folder = TemporaryFolder.InMemory();
    private readonly List<WriterLine> _lines = [];

    public void Dispose()
    {
        foreach (var line in _lines)
            line.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_writer_that_comes_back_at_once_goes_behind_those_who_wait()
    {
        var turns = new List<string>();
        var (first, second, third) = (Open(), Open(), Open());
        first.Enter(() => throw new InvalidOperationException("Nobody was before."));

        var secondDone = await QueueAsync(second, () => turns.Add("second"));
        var thirdDone = await QueueAsync(third, () => turns.Add("third"));
        var firstLeaves = Task.Run(
            () =>
            {
                first.Leave();
                first.Enter(() => new MemoryStream());
                turns.Add("first again");
                first.Leave();
            },
            TestContext.Current.CancellationToken);
        await Task.WhenAll(secondDone, thirdDone, firstLeaves);

        Assert.Equal(["second", "third", "first again"], turns);
    }

    [Fact]
    public void A_writer_that_is_gone_holds_up_nobody()
    {
        var gone = Open();
        gone.Enter(() => new MemoryStream());
        gone.Dispose();

        var next = Open();
        next.Enter(() => throw new InvalidOperationException("The one before is gone."));
        Assert.Equal($"process {Environment.ProcessId}", next.Holder());
        next.Leave();
    }

    private WriterLine Open()
    {
        var line = new WriterLine(_folder.File("jobs.db-writer"));
        _lines.Add(line);
        return line;
    }

    /// <summary>Comes to the line on another thread; the task that comes back is done when it had its turn.</summary>
    private static async Task<Task> QueueAsync(WriterLine line, Action turn)
    {
        using var waiting = new SemaphoreSlim(0);
        var done = Task.Run(
            () =>
            {
                line.Enter(() =>
                {
                    waiting.Release();
                    return new MemoryStream();
                });
                turn();
                line.Leave();
            },
            TestContext.Current.CancellationToken);
        await waiting.WaitAsync(TestContext.Current.CancellationToken);
        return done;
    }
}
