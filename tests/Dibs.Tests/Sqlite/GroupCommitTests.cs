using Dibs.Sqlite;
using Dibs.Sqlite.Steps;
using Dibs.Sqlite.Writing;
using Dibs.Stores;
using Dibs.Tests.Support;
using static Dibs.Tests.Support.SampleJobs;

namespace Dibs.Tests.Sqlite;

/// <summary>Many steps in one transaction: who fails, fails alone, and heartbeats go first.</summary>
public sealed class GroupCommitTests : IDisposable
{
    private readonly TemporaryFolder _folder = TemporaryFolder.InMemory();
    private readonly OpenStore _store;

    public GroupCommitTests() =>
        _store = OpenStore.Open(_folder.File("jobs.db"), "default", TimeProvider.System, TimeSpan.FromSeconds(5), new WakeUps(TimeProvider.System));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private Writer Writer => _store.Writer;

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_step_that_throws_is_undone_alone()
    {
        var (before, failing, after) = await WhileBusyAsync(() => (
            Writer.Do(step => Enqueuer.Run(step, [Job("before", exclusive: ["r"])]), urgent: false, Token),
            Writer.Do<int>(
                step =>
                {
                    Enqueuer.Run(step, [Job("undone", exclusive: ["r"])]);
                    step.Save();
                    throw new InvalidOperationException("a bug");
                },
                urgent: false, Token),
            Writer.Do(step => Enqueuer.Run(step, [Job("after", exclusive: ["r"])]), urgent: false, Token)));

        await before;
        await Assert.ThrowsAsync<InvalidOperationException>(() => failing);
        Assert.Equal(JobState.Blocked, (await after).Jobs[0].State);
        var tickets = await Writer.Do(step => (step.FindJob("before")!.Ticket, step.FindJob("undone"), step.FindJob("after")!.Ticket), urgent: false, Token);
        Assert.Equal((1, null, 2), tickets);
    }

    [Fact]
    public async Task Urgent_steps_go_before_those_that_wait()
    {
        var order = new List<string>();
        var all = await WhileBusyAsync(() => Task.WhenAll(
            Writer.Do(_ => Note("first"), urgent: false, Token),
            Writer.Do(_ => Note("second"), urgent: false, Token),
            Writer.Do(_ => Note("heartbeat"), urgent: true, Token)));
        await all;
        Assert.Equal(["heartbeat", "first", "second"], order);

        bool Note(string name)
        {
            order.Add(name);
            return true;
        }
    }

    [Fact]
    public async Task A_transaction_that_has_lasted_five_milliseconds_takes_no_more_steps()
    {
        var both = await WhileBusyAsync(() => (Writer.Do(_ => LastLonger(), urgent: false, Token), Writer.Do(_ => Transaction(), urgent: false, Token)));
        Assert.NotEqual(await both.Item1, await both.Item2);

        string LastLonger()
        {
            using var never = new ManualResetEventSlim();
            never.Wait(TimeSpan.FromMilliseconds(6), Token);
            return Transaction();
        }

        // Each transaction has a number of its own in the line of writers.
        string Transaction() => File.ReadLines(_folder.File("jobs.db-writer")).First();
    }

    [Fact]
    public async Task A_step_whose_caller_gave_up_before_it_began_is_not_done()
    {
        using var gaveUp = new CancellationTokenSource();
        var step = await WhileBusyAsync(() =>
        {
            var queued = Writer.Do(step => Enqueuer.Run(step, [Job("given up")]), urgent: false, gaveUp.Token);
            gaveUp.Cancel();
            return queued;
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => step);
        Assert.Null(await Writer.Do(step => step.FindJob("given up"), urgent: false, Token));
    }

    /// <summary>Queues steps while the writer is inside an earlier one, so that they meet in the next transaction.</summary>
    private async Task<T> WhileBusyAsync<T>(Func<T> queue)
    {
        using var inside = new SemaphoreSlim(0);
        using var goOn = new SemaphoreSlim(0);
        var busy = Writer.Do(
            _ =>
            {
                inside.Release();
                goOn.Wait(Token);
                return true;
            },
            urgent: false, Token);
        await inside.WaitAsync(Token);
        var queued = queue();
        goOn.Release();
        await busy;
        return queued;
    }
}
