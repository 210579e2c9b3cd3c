using Dibs.Workers;

namespace Dibs.Tests.Workers;

public class OwnThreadTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly OwnThread _thread = new("test", TimeProvider.System);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_work_awaits_comes_back_to_its_thread_and_so_do_its_timers()
    {
        var elsewhere = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var timerRanOn = 0;
        var working = _thread.Run(async () =>
        {
            var threads = new List<Thread> { Thread.CurrentThread };
            await elsewhere.Task;
            threads.Add(Thread.CurrentThread);
            await Task.Delay(TimeSpan.FromMilliseconds(1), _thread.Time, Token);
            threads.Add(Thread.CurrentThread);
            await using var timer = _thread.Time.CreateTimer(_ => timerRanOn = Environment.CurrentManagedThreadId, null, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
            await Task.Yield();
            await Task.Delay(TimeSpan.FromMilliseconds(1), _thread.Time, Token);
            return threads;
        });
        elsewhere.SetResult();
        var own = Assert.Single((await working.WaitAsync(Patience, TimeProvider.System, Token)).Distinct());
        Assert.Equal((true, false, "test"), (own.IsBackground, own.IsThreadPoolThread, own.Name));
        Assert.Equal(own.ManagedThreadId, timerRanOn);
        Assert.NotEqual(own, Thread.CurrentThread);
        _thread.Dispose();
        Assert.True(own.Join(Patience));
    }

    [Fact]
    public async Task Timers_fire_in_the_order_in_which_they_are_due_and_not_when_they_were_disposed()
    {
        using (_thread)
        {
            var fired = await _thread.Run(async () =>
            {
                var order = new List<string>();
                await using var late = Timer(order, "late", 20);
                await using var early = Timer(order, "early", 5);
                await using var moved = Timer(order, "moved", 1);
                moved.Change(TimeSpan.FromMilliseconds(30), Timeout.InfiniteTimeSpan);
                await Timer(order, "disposed", 5).DisposeAsync();
                await Task.Delay(TimeSpan.FromMilliseconds(40), _thread.Time, Token);
                return order;
            });
            Assert.Equal(["early", "late", "moved"], fired);
        }
    }

    [Fact]
    public async Task It_goes_on_with_the_work_it_has_and_takes_no_more_once_it_is_disposed()
    {
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var working = _thread.Run(async () =>
        {
            await go.Task;
            return Thread.CurrentThread;
        });
        _thread.Dispose();
        Assert.Throws<ObjectDisposedException>(() => { _ = _thread.Run(() => Task.FromResult(1)); });
        go.SetResult();
        Assert.True((await working).Join(Patience));
    }

    [Fact]
    public async Task What_work_throws_is_for_who_awaits_it()
    {
        using (_thread)
        {
            await Assert.ThrowsAsync<InvalidOperationException>(() => _thread.Run<int>(() => throw new InvalidOperationException("At once.")));
            Assert.Equal(1, await _thread.Run(() => Task.FromResult(1)));
        }
    }

    [Fact]
    public async Task What_is_posted_after_its_end_runs_in_the_pool()
    {
        var own = _thread.Run(() => Task.FromResult(Thread.CurrentThread));
        _thread.Dispose();
        Assert.True((await own).Join(Patience));
        var ran = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        _thread.Post(_ => ran.SetResult(Thread.CurrentThread.IsThreadPoolThread), null);
        Assert.True(await ran.Task.WaitAsync(Patience, TimeProvider.System, Token));
    }

    private ITimer Timer(List<string> order, string name, int milliseconds) =>
        _thread.Time.CreateTimer(_ => order.Add(name), null, TimeSpan.FromMilliseconds(milliseconds), Timeout.InfiniteTimeSpan);
}
