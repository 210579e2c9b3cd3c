using Dibs.Clients;
using Dibs.Jobs;
using Dibs.Stores;
using Dibs.Stores.Memory;

namespace Dibs.Tests.Clients;

public class EnqueueManyTests
{
    private static CancellationToken Ct => ClientFixture.Ct;

    [Fact]
    public async Task Jobs_come_back_in_the_order_of_the_requests()
    {
        await using var client = new ClientFixture();
        var jobs = await client.Jobs.EnqueueManyAsync(Enumerable.Range(0, 1200).Select(i => JobRequest.Call(() => Reports.Build(i), new() { Id = $"job-{i}" })), Ct);
        Assert.Equal(Enumerable.Range(0, 1200).Select(i => $"job-{i}"), jobs.Select(job => job.Id));
        Assert.Equal("1199", jobs[^1].Record.Args![0].GetRawText());
    }

    [Fact]
    public async Task Every_kind_of_request_can_stand_in_one_call()
    {
        await using var client = new ClientFixture();
        var jobs = await client.Jobs.EnqueueManyAsync(
        [
            JobRequest.Call(() => Reports.Build(1)),
            JobRequest.Call((Reports r) => r.BuildAsync(1, default)),
            JobRequest.Call<Reports>(r => r.BuildAsync(1, default)),
            JobRequest.Method(Reports.Build, [1]),
            JobRequest.Method("Dibs.Tests.Clients.Reports.Build", kwargs: new Dictionary<string, object?> { ["id"] = 1 }),
            JobRequest.Command(["true"]),
        ], Ct);
        Assert.Equal(["Build", "BuildAsync", "BuildAsync", "Build", "Build", null], jobs.Select(job => job.Record.Method?.Split('.')[^1]));
    }

    /// <summary>It compiles without a warning, which is an error here.</summary>
    [Fact]
    public async Task Every_kind_of_method_can_be_requested()
    {
        await using var client = new ClientFixture();
        var jobs = await client.Jobs.EnqueueManyAsync(
        [
            JobRequest.Call(() => StaticCalls.Nothing(7)),
            JobRequest.Call(() => StaticCalls.Text(7)),
            JobRequest.Call(() => AsyncCalls.StaticLater(7)),
            JobRequest.Call(() => AsyncCalls.StaticNumber(7)),
            JobRequest.Call(() => AsyncCalls.StaticLaterByValue(7)),
            JobRequest.Call(() => AsyncCalls.StaticNumberByValue(7)),
            JobRequest.Call((ServiceCalls s) => s.Nothing(7)),
            JobRequest.Call((ServiceCalls s) => s.Text(7)),
            JobRequest.Call((AsyncCalls s) => s.Later(7)),
            JobRequest.Call((AsyncCalls s) => s.Number(7)),
            JobRequest.Call((AsyncCalls s) => s.LaterByValue(7)),
            JobRequest.Call((AsyncCalls s) => s.NumberByValue(7)),
            JobRequest.Call<ServiceCalls>(s => s.Nothing(7)),
            JobRequest.Call<AsyncCalls>(s => s.Number(7)),
            JobRequest.Call<AsyncCalls>(s => s.LaterByValue(7)),
        ], Ct);
        Assert.Equal(15, jobs.Count);
        Assert.All(jobs, job => Assert.Equal("7", Assert.Single(job.Record.Args!).GetRawText()));
    }

    [Fact]
    public async Task More_jobs_than_the_limit_are_refused_and_none_is_stored()
    {
        await using var client = new ClientFixture();
        var error = await Assert.ThrowsAsync<JobRefusedException>(() => client.Jobs.EnqueueManyAsync(Enumerable.Repeat(JobRequest.Command(["true"]), 10_001), Ct));
        Assert.Equal("too-many-jobs", error.Code);
        Assert.Empty((await client.Jobs.ListAsync(new(), Ct)).Items);
    }

    [Fact]
    public async Task One_bad_job_stores_none_of_the_call()
    {
        await using var client = new ClientFixture();
        var good = Enumerable.Range(0, 600).Select(_ => JobRequest.Command(["true"]));
        await Assert.ThrowsAsync<JobRefusedException>(() => client.Jobs.EnqueueManyAsync([.. good, JobRequest.Command([])], Ct));
        Assert.Empty((await client.Jobs.ListAsync(new(), Ct)).Items);
    }

    [Fact]
    public async Task No_jobs_are_no_error()
    {
        await using var client = new ClientFixture();
        Assert.Empty(await client.Jobs.EnqueueManyAsync([], Ct));
    }

    [Fact]
    public void A_step_has_at_most_500_jobs_and_4_MiB()
    {
        Assert.Equal([500, 500, 200], EnqueuePlan.Steps([.. Enumerable.Range(0, 1200).Select(i => Draft($"{i}"))]).Select(step => step.Count));
        Assert.Equal([4, 4, 1], EnqueuePlan.Steps([.. Enumerable.Range(0, 9).Select(i => Draft($"{i}", bytes: 1_000_000))]).Select(step => step.Count));
    }

    [Fact]
    public void Jobs_that_come_after_each_other_go_in_one_step_in_their_order()
    {
        var drafts = Enumerable.Range(0, 600).Select(i => Draft($"{i}")).Append(Draft("x", "3")).Append(Draft("y", "x", "599")).ToArray();
        var steps = EnqueuePlan.Steps(drafts);
        var step = Assert.Single(steps, step => step.Any(draft => draft.New.Id == "y"));
        Assert.Equal(["3", "599", "x", "y"], step.Select(draft => draft.New.Id).Intersect(["x", "y", "3", "599"]));
        Assert.Equal(602, steps.Sum(step => step.Count));
        Assert.All(steps, step => Assert.InRange(step.Count, 1, 500));
    }

    [Fact]
    public void A_graph_that_does_not_fit_in_one_step_is_refused()
    {
        var error = Assert.Throws<JobRefusedException>(() => EnqueuePlan.Steps([Draft("0"), .. Enumerable.Range(1, 500).Select(i => Draft($"{i}", $"{i - 1}"))]));
        Assert.Equal("graph-too-large", error.Code);
        Assert.Contains("501", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_job_cannot_come_after_one_that_stands_behind_it()
    {
        Assert.Equal("dependency-order", Assert.Throws<JobRefusedException>(() => EnqueuePlan.Steps([Draft("a", "b"), Draft("b")])).Code);
        Assert.Equal("dependency-order", Assert.Throws<JobRefusedException>(() => EnqueuePlan.Steps([Draft("a", "a")])).Code);
    }

    [Fact]
    public async Task The_same_id_twice_in_a_call_is_one_job()
    {
        await using var client = new ClientFixture();
        var request = JobRequest.Call(() => Reports.Build(1), new() { Id = "twice" });
        var jobs = await client.Jobs.EnqueueManyAsync([request, request], Ct);
        Assert.Equal(["twice", "twice"], jobs.Select(job => job.Id));
        Assert.Single((await client.Jobs.ListAsync(new(), Ct)).Items);
    }

    [Fact]
    public async Task A_lost_answer_names_the_id_to_repeat()
    {
        await using var client = new ClientFixture(dibs => dibs.UseStore((_, name) => new SilentStore(name)));
        var error = await Assert.ThrowsAsync<StoreException>(() => client.Jobs.EnqueueAsync(() => Reports.Build(1), new() { Id = "maybe" }, Ct));
        Assert.True(error.OutcomeUnknown);
        Assert.Contains("'maybe' may have been stored: enqueue it again with this id within 30 s", error.Message, StringComparison.Ordinal);
    }

    private static JobDraft Draft(string id, params string[] after) => Draft(id, 10, after);

    private static JobDraft Draft(string id, int bytes, params string[] after) =>
        new(new NewJob { Id = id, Digest = default, Content = new byte[bytes], Queue = "q", After = after }, new JobContent());

    /// <summary>Stores and does not answer.</summary>
    private sealed class SilentStore(string name) : StoreWrapper(new MemoryJobStore(name, TimeProvider.System))
    {
        public override async ValueTask<EnqueueReply> EnqueueAsync(IReadOnlyList<NewJob> jobs, CancellationToken cancellationToken)
        {
            await base.EnqueueAsync(jobs, cancellationToken);
            throw new StoreException("store-timeout", "The store did not answer within 10 s.", outcomeUnknown: true);
        }
    }
}
