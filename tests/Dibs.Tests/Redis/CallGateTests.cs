using Dibs.Redis.Connections;

namespace Dibs.Tests.Redis;

public class CallGateTests
{
    private readonly CallGate _gate = new(mostCalls: 2, mostBytes: 100);

    [Fact]
    public async Task Calls_beyond_the_bound_wait_their_turn()
    {
        await EnterAsync(1);
        await EnterAsync(1);
        var (third, fourth) = (EnterAsync(1), EnterAsync(1));
        Assert.False(third.IsCompleted);
        _gate.Leave(1);
        await third;
        Assert.False(fourth.IsCompleted);
        _gate.Leave(1);
        await fourth;
    }

    [Fact]
    public async Task Bytes_beyond_the_bound_wait_and_a_small_call_does_not_overtake()
    {
        await EnterAsync(60);
        var (large, small) = (EnterAsync(60), EnterAsync(1));
        Assert.False(large.IsCompleted || small.IsCompleted);
        _gate.Leave(60);
        await large;
        await small;
    }

    [Fact]
    public async Task A_call_larger_than_everything_goes_alone()
    {
        await EnterAsync(1);
        var giant = EnterAsync(1000);
        Assert.False(giant.IsCompleted);
        _gate.Leave(1);
        await giant;
        Assert.False(EnterAsync(1).IsCompleted);
    }

    [Fact]
    public async Task A_canceled_wait_takes_nothing()
    {
        await EnterAsync(100);
        using var cancellation = new CancellationTokenSource();
        var canceled = _gate.EnterAsync(100, cancellation.Token).AsTask();
        var next = EnterAsync(100);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => canceled);
        _gate.Leave(100);
        await next;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _gate.EnterAsync(1, cancellation.Token).AsTask());
    }

    private Task EnterAsync(long bytes) => _gate.EnterAsync(bytes, TestContext.Current.CancellationToken).AsTask();
}
