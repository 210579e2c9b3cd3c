using Dibs.Stores;
using Dibs.Tests.Support;
using static Dibs.Tests.Support.SampleJobs;

namespace Dibs.Tests.Conformance;

public abstract partial class StoreConformance
{
    /// <summary>Jobs and resources that one verify step looks at, at most.</summary>
    protected virtual int MostCheckedPerStep => 500;

    [Fact]
    public async Task Verify_looks_at_every_job_and_resource_in_bounded_steps()
    {
        await EnqueueAsync(Many(450, id => Job(id, exclusive: [$"only {id}"])));
        await EnqueueAsync(Many(450, id => Job(id, shared: ["all"]), "s"));

        var seen = 0;
        string? cursor = null;
        do
        {
            var reply = await Store.VerifyAsync(cursor, repair: false, Token);
            Assert.Empty(reply.Drifts);
            Assert.InRange(reply.Checked, 0, MostCheckedPerStep);
            (seen, cursor) = (seen + reply.Checked, reply.Next);
        }
        while (cursor is not null);

        Assert.Equal(900 + 451, seen);
    }

    [Fact]
    public async Task Repair_does_not_touch_a_clean_store()
    {
        await EnqueueAsync(Job("x", exclusive: ["r"]), Job("after x", after: ["x"]), Job("later", delay: TimeSpan.FromHours(1)));
        await EnqueueAsync(Many(300, id => Job(id, shared: [new("r", 290)])));
        var worker = await WorkerAsync();
        await worker.CompleteAsync(await worker.ClaimAsync());
        await worker.ClaimAsync(5);
        var before = await StoreSnapshot.ReadAsync(Store, Token);

        Assert.Empty(await Store.DriftsAsync(repair: true));

        Assert.Equal(before, await StoreSnapshot.ReadAsync(Store, Token));
    }

    [Fact]
    public async Task Namespaces_know_nothing_of_each_other()
    {
        var other = await OpenAsync("other");
        await EnqueueAsync(Job("a", exclusive: ["r"]));
        await WorkerAsync();

        var reply = await other.EnqueueAsync([Job("a", exclusive: ["r"], content: """{"args":["other"]}""")], Token);

        Assert.Equal((EnqueueOutcome.Stored, JobState.Ready), (reply.Jobs[0].Outcome, reply.Jobs[0].State));
        var stored = Assert.Single((await other.ListAsync(new(), Token)).Jobs).Record;
        Assert.Equal(("other", 1L), (stored.Namespace, stored.Ticket));
        var survey = await other.SurveyAsync(SurveyParts.Queues | SurveyParts.Workers | SurveyParts.Resources, Token);
        Assert.Empty(survey.Workers);
        Assert.Equal(1, Assert.Single(survey.Resources).HolderCount);
        await CancelAsync("a");
        Assert.Equal(JobState.Ready, Assert.Single(await other.GetAsync(["a"], JobParts.None, Token)).Record.State);
    }

    [Fact]
    public async Task Opening_a_store_again_changes_nothing()
    {
        await EnqueueAsync(Job("a", exclusive: ["r"]));
        var first = await Store.OpenAsync(Token);

        Assert.Equal(first, await Store.OpenAsync(Token));
        await AssertStatesAsync(JobState.Ready, "a");
    }
}
