using Dibs.Clients;
using Dibs.Stores;
using Dibs.Stores.Memory;
using Dibs.Tests.Simulation;
using Dibs.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Dibs.Tests.Clients;

/// <summary>What a client says when the store lost what it had acknowledged.</summary>
public class SetbackTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Enqueues_that_the_store_acknowledged_and_lost_are_named_once()
    {
        var log = new LogLines();
        var store = new BackedUpStore(() => new MemoryJobStore("default", TimeProvider.System));
        await using var services = new ServiceCollection()
            .AddLogging(logging => logging.AddProvider(log))
            .AddDibs(dibs => dibs.UseStore((_, _) => store).AddMethodsFrom(typeof(StaticCalls).Assembly))
            .BuildServiceProvider();
        var jobs = services.GetRequiredService<IJobClient>();
        await EnqueueAsync(jobs, "kept");
        store.Keep();
        foreach (var id in new[] { "lost-1", "lost-2", "lost-3" })
            await EnqueueAsync(jobs, id);
        store.Restore();

        await EnqueueAsync(jobs, "next");
        await EnqueueAsync(jobs, "after");

        Assert.Equal(
            [
                "Critical The store came back older: ticket 4 and fence 0 were seen before, now it is at ticket 2 and fence 0. What it acknowledged in between is lost: "
                + "jobs that had ended may start again, and jobs that were enqueued are gone. 2 of the last changes from here are known to be lost, and named next. "
                + "Find out why: no persistence, a replica that was behind, or an old backup.",
                "Error Enqueued from here and lost with the store; enqueue them again if they are still wanted: lost-2, lost-3",
            ],
            log.Lines);
    }

    [Fact]
    public void Of_very_many_changes_only_the_last_thousand_are_remembered()
    {
        var log = new LogLines();
        var witness = new StoreWitness(log);
        for (var i = 1; i <= 1100; i++)
            witness.HearEnqueued(witness.Last, new EnqueueReply([new Enqueued($"j{i}", EnqueueOutcome.Stored, JobState.Ready)], More: false, new StoreMark(i, 0)));
        witness.Hear(witness.Last, default);

        Assert.StartsWith("Critical The store came back empty: ticket 1100", log.Lines[0], StringComparison.Ordinal);
        Assert.Contains("1000 of the last changes", log.Lines[0], StringComparison.Ordinal);
        Assert.Equal(21, log.Lines.Length);
        Assert.EndsWith(": " + string.Join(", ", Enumerable.Range(101, 50).Select(i => $"j{i}")), log.Lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Only_what_was_known_before_a_call_was_sent_is_compared_with_its_answer()
    {
        var log = new LogLines();
        var witness = new StoreWitness(log);
        var before = witness.Last;
        witness.Hear(before, new StoreMark(5, 70));
        witness.Hear(before, new StoreMark(4, 60));
        Assert.Equal(new StoreMark(5, 70), witness.Last.Mark);
        Assert.Empty(log.Lines);

        witness.Hear(witness.Last, new StoreMark(6, 69));
        Assert.Single(log.Lines);
    }

    [Fact]
    public void An_answer_from_before_the_setback_that_comes_after_it_tells_nothing()
    {
        var log = new LogLines();
        var witness = new StoreWitness(log);
        witness.Hear(witness.Last, new StoreMark(5, 70));
        var before = witness.Last;
        witness.Hear(before, new StoreMark(2, 70));
        witness.Hear(before, new StoreMark(6, 70));
        witness.Hear(before, new StoreMark(1, 70));
        witness.Hear(witness.Last, new StoreMark(2, 70));
        Assert.Equal(new Sighting(1, new StoreMark(2, 70)), witness.Last);
        Assert.Single(log.Lines);
    }

    private static Task<Job> EnqueueAsync(IJobClient jobs, string id) => jobs.EnqueueAsync(() => StaticCalls.Nothing(1), new() { Id = id }, Ct);
}
