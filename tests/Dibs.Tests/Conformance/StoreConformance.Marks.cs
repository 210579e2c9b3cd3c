using Dibs.Stores;
using Dibs.Tests.Support;
using static Dibs.Tests.Support.SampleJobs;

namespace Dibs.Tests.Conformance;

public abstract partial class StoreConformance
{
    [Fact]
    public async Task Enqueue_and_heartbeat_answer_the_last_ticket_and_fence_and_an_exchange_those_before_its_claims()
    {
        var worker = await WorkerAsync();
        Assert.Equal(new(0, 0), (await worker.BeatAsync()).Mark);
        Assert.Equal(new(0, 0), (await worker.ExchangeAsync(1)).Mark);

        Assert.Equal(new(2, 0), (await EnqueueAsync(Job("a"), Job("b"), Job("later", delay: TimeSpan.FromDays(1)))).Mark);
        var claimed = await worker.ExchangeAsync(2);
        var fence = claimed.Claims[^1].Key.Fence;
        Assert.Equal(new(2, 0), claimed.Mark);
        Assert.Equal(new(2, fence), (await worker.ExchangeAsync(0)).Mark);
        Assert.Equal(new(2, fence), (await worker.BeatAsync(claimed.Claims)).Mark);
        Assert.Equal(new(2, fence), (await EnqueueAsync(Job("a"))).Mark);
    }

    [Fact]
    public async Task Refused_and_unknown_callers_are_told_the_mark_too()
    {
        var last = (await EnqueueAsync(Job("a"))).Mark;
        var stranger = TestWorker.Unregistered(Store, TestWorker.RegistrationOf("stranger"));

        Assert.Equal(last, (await EnqueueAsync(Job("b", after: ["nobody"]))).Mark);
        Assert.Equal(last, (await stranger.BeatAsync()).Mark);
        Assert.Equal(last, (await stranger.ExchangeAsync(1)).Mark);
    }

    [Fact]
    public async Task The_mark_stays_when_the_jobs_are_pruned_and_is_of_one_namespace()
    {
        var mark = (await EnqueueAsync(Job("a"))).Mark;
        await CancelAsync("a");
        Time.Advance(TimeSpan.FromMinutes(2));
        await TendAsync(new(Retention.Minimum, 0));

        Assert.Equal(mark, (await (await WorkerAsync()).BeatAsync()).Mark);
        var other = await OpenAsync("other");
        Assert.Equal(new(0, 0), (await other.EnqueueAsync([Job("a", delay: TimeSpan.FromDays(1))], Token)).Mark);
    }

    [Fact]
    public async Task An_exchange_says_that_a_job_is_due_until_it_is_admitted()
    {
        await EnqueueAsync(Job("a", delay: TimeSpan.FromSeconds(1)));
        var worker = await WorkerAsync();
        var stranger = TestWorker.Unregistered(Store, TestWorker.RegistrationOf("stranger"));
        Assert.False((await worker.ExchangeAsync(1)).Due);

        Time.Advance(TimeSpan.FromSeconds(1));
        Assert.True((await worker.ExchangeAsync(1)).Due);
        Assert.True((await stranger.ExchangeAsync(1)).Due);
        await TendAsync();
        Assert.False((await worker.ExchangeAsync(1)).Due);
        Assert.False((await stranger.ExchangeAsync(1)).Due);
    }
}
