using Dibs.Stores;
using Dibs.Tests.Support;
using static Dibs.Tests.Support.SampleJobs;

namespace Dibs.Tests.Conformance;

public abstract partial class StoreConformance
{
    [Fact]
    public async Task A_quiet_worker_claims_nothing_more_and_ends_what_it_runs()
    {
        await EnqueueAsync(Job("a"), Job("b"));
        var worker = await WorkerAsync("mail");
        var claim = await worker.ClaimAsync();
        Assert.Equal(WorkerRequest.None, (await worker.BeatAsync(claim)).Asked);

        Assert.Equal(new("mail", ChangeOutcome.Done, Asked: WorkerRequest.Quiet), await AskAsync(ChangeKind.QuietWorker, "mail"));

        var reply = await worker.ExchangeAsync(4, TestWorker.Ended(claim, SettleOutcome.Completed));
        Assert.Empty(reply.Refused);
        Assert.Empty(reply.Claims);
        Assert.False(reply.ReadyLeft);
        Assert.Equal((true, WorkerRequest.Quiet), ((await worker.BeatAsync()).Known, (await worker.BeatAsync()).Asked));
        await AssertStatesAsync(JobState.Ready, "b");
        Assert.Equal(["b"], await (await WorkerAsync("other")).ClaimIdsAsync(2));
    }

    [Fact]
    public async Task A_stop_holds_against_a_quiet_and_asking_again_changes_nothing()
    {
        var worker = await WorkerAsync("mail");

        Assert.Equal(ChangeOutcome.Done, (await AskAsync(ChangeKind.QuietWorker, "mail")).Outcome);
        Assert.Equal(new("mail", ChangeOutcome.Already, Asked: WorkerRequest.Quiet), await AskAsync(ChangeKind.QuietWorker, "mail"));
        Assert.Equal(new("mail", ChangeOutcome.Done, Asked: WorkerRequest.Stop), await AskAsync(ChangeKind.StopWorker, "mail"));
        Assert.Equal(new("mail", ChangeOutcome.Already, Asked: WorkerRequest.Stop), await AskAsync(ChangeKind.QuietWorker, "mail"));
        Assert.Equal(WorkerRequest.Stop, (await worker.BeatAsync()).Asked);
    }

    [Fact]
    public async Task All_workers_of_a_name_are_asked_and_shown_apart()
    {
        var first = await WorkerAsync("mail");
        var second = await TestWorker.RegisterAsync(Store, TestWorker.RegistrationOf("mail") with { Incarnation = "mail-2", Host = "other" });
        var third = await WorkerAsync("web");
        await AskAsync(ChangeKind.StopWorker, "mail");

        Assert.Equal(WorkerRequest.Stop, (await first.BeatAsync()).Asked);
        Assert.Equal(WorkerRequest.Stop, (await second.BeatAsync()).Asked);
        Assert.Equal(WorkerRequest.None, (await third.BeatAsync()).Asked);
        Assert.Equal(
            [("mail", "host", WorkerRequest.Stop), ("mail", "other", WorkerRequest.Stop), ("web", "host", WorkerRequest.None)],
            (await Store.SurveyAsync(SurveyParts.Workers, Token)).Workers.Select(worker => (worker.Registration.Name, worker.Registration.Host, worker.Asked)));
    }

    [Fact]
    public async Task Of_workers_that_were_asked_before_and_one_that_was_not_the_least_is_told()
    {
        await WorkerAsync("mail");
        await AskAsync(ChangeKind.StopWorker, "mail");
        await TestWorker.RegisterAsync(Store, TestWorker.RegistrationOf("mail") with { Incarnation = "mail-2" });

        Assert.Equal(new("mail", ChangeOutcome.Done, Asked: WorkerRequest.Quiet), await AskAsync(ChangeKind.QuietWorker, "mail"));
    }

    [Fact]
    public async Task A_worker_that_does_not_live_is_unknown_and_the_others_are_asked()
    {
        var worker = await WorkerAsync("mail");
        await (await WorkerAsync("gone")).LeaveAsync();

        Assert.Equal(
            [new("gone", ChangeOutcome.Unknown), new("mail", ChangeOutcome.Done, Asked: WorkerRequest.Quiet), new("nobody", ChangeOutcome.Unknown)],
            (await Store.ChangeAsync(ChangeKind.QuietWorker, ["gone", "mail", "nobody"], Token)).Items);
        Assert.Equal(WorkerRequest.Quiet, (await worker.BeatAsync()).Asked);
    }

    [Theory]
    [InlineData(ChangeKind.QuietWorker)]
    [InlineData(ChangeKind.StopWorker)]
    public async Task A_worker_that_is_asked_something_is_woken(ChangeKind request)
    {
        var worker = await WorkerAsync("mail");
        using var listener = Store.Listen(new() { Incarnation = worker.Incarnation });
        await AskAsync(request, "mail");

        Assert.True(await listener.WaitAsync(UntilWoken, Token));
    }

    [Fact]
    public async Task A_worker_that_was_forgotten_and_begins_again_is_not_asked_any_more()
    {
        await EnqueueAsync(Job("a"));
        var worker = await WorkerAsync("mail");
        await AskAsync(ChangeKind.StopWorker, "mail");
        await Store.RegisterAsync(worker.Registration, Token);
        Assert.Equal(WorkerRequest.Stop, (await worker.BeatAsync()).Asked);

        await worker.LeaveAsync();
        await Store.RegisterAsync(worker.Registration, Token);

        Assert.Equal(WorkerRequest.None, (await worker.BeatAsync()).Asked);
        Assert.Equal(["a"], (await worker.SendAsync(new() { Incarnation = worker.Incarnation, Number = 1, Claims = 1 })).Claims.Select(claim => claim.Key.JobId));
    }

    [Fact]
    public async Task A_queue_whose_only_worker_is_quiet_is_served_by_nobody_and_why_says_so()
    {
        await EnqueueAsync(Job("a"));
        var worker = await WorkerAsync("mail");
        await AskAsync(ChangeKind.QuietWorker, "mail");
        await AskAsync(ChangeKind.StopWorker, "mail");
        await Store.RegisterAsync(worker.Registration, Token);

        Assert.Equal("no-worker", Assert.Single((await Store.WhyAsync("a", Token))!.Causes).Kind);
        Assert.Equal(0, Assert.Single((await Store.SurveyAsync(SurveyParts.Queues, Token)).Queues).Workers);
        await worker.LeaveAsync();
        await WorkerAsync("mail");
        Assert.Equal("no-slot", Assert.Single((await Store.WhyAsync("a", Token))!.Causes).Kind);
        Assert.Equal(1, Assert.Single((await Store.SurveyAsync(SurveyParts.Queues, Token)).Queues).Workers);
    }

    [Fact]
    public async Task A_heartbeat_tells_the_memory_of_the_worker()
    {
        var worker = await WorkerAsync();
        await Store.HeartbeatAsync(new() { Incarnation = worker.Incarnation, Memory = 12_345_678_901 }, Token);

        Assert.Equal(12_345_678_901, Assert.Single((await Store.SurveyAsync(SurveyParts.Workers, Token)).Workers).Memory);
    }

    [Fact]
    public async Task A_heartbeat_tells_which_jobs_still_run_that_should_have_stopped()
    {
        var worker = await TestWorker.RegisterAsync(Store, TestWorker.RegistrationOf("mail") with { Isolation = Isolation.Process });
        Assert.Equal((Isolation.Process, 0), (await ShownAsync()) is var shown ? (shown.Registration.Isolation, shown.Overdue.Count) : default);

        await Store.HeartbeatAsync(new() { Incarnation = worker.Incarnation, Overdue = ["a", "b~2"] }, Token);
        Assert.Equal(["a", "b~2"], (await ShownAsync()).Overdue);
        await worker.BeatAsync();
        Assert.Empty((await ShownAsync()).Overdue);

        async Task<WorkerRecord> ShownAsync() => Assert.Single((await Store.SurveyAsync(SurveyParts.Workers, Token)).Workers);
    }

    private async Task<Changed> AskAsync(ChangeKind request, string name) => Assert.Single((await Store.ChangeAsync(request, [name], Token)).Items);
}
