using Dibs.Stores;
using static Dibs.Tests.Support.SampleJobs;

namespace Dibs.Tests.Conformance;

public abstract partial class StoreConformance
{
    [Fact]
    public async Task Jobs_are_found_by_id_in_the_order_asked_and_unknown_ones_left_out()
    {
        await EnqueueAsync(Many(5, id => Job(id)));

        var jobs = await Store.GetAsync(["j4", "nobody", "j1", "j3"], JobParts.None, Token);

        Assert.Equal(["j4", "j1", "j3"], jobs.Select(job => job.Record.Id));
        Assert.Empty(await Store.GetAsync([], JobParts.None, Token));
    }

    [Fact]
    public async Task What_was_not_asked_for_is_not_read()
    {
        await EnqueueAsync(Job("a"));
        var worker = await WorkerAsync();
        var claim = await worker.ClaimAsync();
        await Store.ReportAsync([Report(claim, lines: ["one"])], Token);

        Assert.Null((await StoredAsync("a", JobParts.None)).Content);
        Assert.Empty((await StoredAsync("a", JobParts.Details)).Lines);
        Assert.Equal("one", Assert.Single((await StoredAsync("a", JobParts.Logs)).Lines).Text);
    }

    [Fact]
    public async Task A_list_is_newest_first()
    {
        await EnqueueAsync(Job("b"), Job("a"));
        await EnqueueAsync(Job("c", delay: TimeSpan.FromHours(1)));

        Assert.Equal(["c", "a", "b"], await ListAsync(new()));
    }

    [Fact]
    public async Task Pages_show_every_job_once_even_while_jobs_come_and_end()
    {
        await EnqueueAsync(Many(25, id => Job(id)));
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await Store.ListAsync(new() { Limit = 10, Cursor = cursor }, Token);
            Assert.InRange(page.Jobs.Count, 0, 10);
            seen.AddRange(page.Jobs.Select(job => job.Record.Id));
            cursor = page.Next;
            await EnqueueAsync(Job($"new{seen.Count}"));
            await CancelAsync("j1");
        }
        while (cursor is not null);

        Assert.Equal(Ids(25).Reverse(), seen);
    }

    [Fact]
    public async Task Pages_of_a_filtered_list_show_every_match_once()
    {
        await EnqueueAsync(Many(30, id => Job(id, queue: id.EndsWith('5') ? "five" : DefaultQueue)));

        Assert.Equal(["j25", "j15", "j5"], await ListAsync(new() { Queue = "five", Limit = 2 }));
        Assert.Equal(30, (await ListAsync(new() { States = [JobState.Ready], Limit = 7 })).Count);
    }

    [Fact]
    public async Task Jobs_are_listed_by_state()
    {
        await EnqueueAsync(Job("a"), Job("b", after: ["a"]), Job("c", delay: TimeSpan.FromHours(1)), Job("d"));
        await CancelAsync("d");

        Assert.Equal(["b"], await ListAsync(new() { States = [JobState.Blocked] }));
        Assert.Equal(["d", "c"], await ListAsync(new() { States = [JobState.Canceled, JobState.Scheduled] }));
    }

    [Fact]
    public async Task Jobs_are_listed_by_resource_whether_held_waited_for_or_given_back()
    {
        await EnqueueAsync(Job("done", exclusive: ["r"]));
        await (await WorkerAsync()).RunAllAsync();
        await EnqueueAsync(
            Job("a", shared: ["r", "s"]), Job("b", exclusive: ["r"]), Job("c", exclusive: ["s"]), Job("d", after: ["a"], exclusive: ["r"]));

        Assert.Equal(["d", "b", "a", "done"], await ListAsync(new() { Resource = "r" }));
        Assert.Empty(await ListAsync(new() { Resource = "R" }));
    }

    [Fact]
    public async Task Jobs_are_listed_by_method_labels_worker_and_time()
    {
        await EnqueueAsync(
            Job("a", method: "One", labels: Labels(("k", "1"), ("l", "x"))), Job("b", method: "Two", labels: Labels(("k", "1"))));
        await (await WorkerAsync("first")).ClaimAsync();
        Time.Advance(TimeSpan.FromMinutes(1));
        await EnqueueAsync(Job("c", method: "One", labels: Labels(("k", "2"))));
        await (await WorkerAsync("second")).ClaimAsync();

        Assert.Equal(["c", "a"], await ListAsync(new() { Method = "One" }));
        Assert.Equal(["b", "a"], await ListAsync(new() { Labels = Labels(("k", "1")) }));
        Assert.Equal(["a"], await ListAsync(new() { Labels = Labels(("l", "x"), ("k", "1")) }));
        Assert.Equal(["a"], await ListAsync(new() { Worker = "first" }));
        Assert.Equal(["b"], await ListAsync(new() { Worker = "second" }));
        Assert.Equal(["c"], await ListAsync(new() { Since = Start.AddMinutes(1) }));
    }

    [Fact]
    public async Task Filters_hold_all_together()
    {
        await EnqueueAsync(
            Job("a", queue: "q", method: "M", exclusive: ["r"], labels: Labels(("k", "v"))),
            Job("b", queue: "q", method: "M", exclusive: ["r"], labels: Labels(("k", "v"))),
            Job("c", queue: "q", method: "M", exclusive: ["r"]),
            Job("d", queue: "q", method: "N", exclusive: ["r"], labels: Labels(("k", "v"))));

        Assert.Equal(
            ["b"],
            await ListAsync(new() { Queue = "q", Method = "M", Resource = "r", Labels = Labels(("k", "v")), States = [JobState.Blocked] }));
    }

    [Fact]
    public async Task A_survey_counts_the_jobs_of_each_queue()
    {
        await EnqueueAsync(Job("a", queue: "one"), Job("b", queue: "one", exclusive: ["r"]), Job("c", queue: "two", exclusive: ["r"]));
        Time.Advance(TimeSpan.FromSeconds(1));
        await EnqueueAsync(Job("d", queue: "one"));
        var worker = await WorkerAsync("w", "one", "idle");
        await worker.CompleteAsync(await worker.ClaimAsync());

        var survey = await Store.SurveyAsync(SurveyParts.Queues, Token);

        Assert.Equal((Start.AddSeconds(1), 4L, 0), (survey.Now, survey.Ticket, survey.Pending));
        Assert.Equal(
            [("idle", 1, null), ("one", 1, Start), ("two", 0, null)],
            survey.Queues.Select(queue => (queue.Name, queue.Workers, queue.OldestReadyAt)));
        Assert.Equal(new Dictionary<JobState, long> { [JobState.Ready] = 2, [JobState.Completed] = 1 }, survey.Queues[1].Counts);
        Assert.Equal(new Dictionary<JobState, long> { [JobState.Blocked] = 1 }, survey.Queues[2].Counts);
        Assert.Empty(survey.Workers);
        Assert.Empty(survey.Resources);
    }

    [Fact]
    public async Task A_queue_of_which_nothing_is_left_is_not_shown()
    {
        await EnqueueAsync(Job("a", queue: "gone"));
        await CancelAsync("a");
        Time.Advance(TimeSpan.FromHours(1));
        await TendAsync(new(Retention.Minimum, 0));

        Assert.Empty((await Store.SurveyAsync(SurveyParts.Queues, Token)).Queues);
    }

    [Fact]
    public async Task A_survey_shows_live_workers_by_name_and_what_they_run()
    {
        await EnqueueAsync(Job("x"), Job("y"));
        var second = await WorkerAsync("second");
        var first = await WorkerAsync("first", DefaultQueue, "more");
        await second.ClaimAsync(2);

        var workers = (await Store.SurveyAsync(SurveyParts.Workers, Token)).Workers;

        Assert.Equal(["first", "second"], workers.Select(worker => worker.Registration.Name));
        Assert.Equivalent(first.Registration, workers[0].Registration, strict: true);
        Assert.Empty(workers[0].Jobs);
        Assert.Equal(["x", "y"], workers[1].Jobs.Order());
    }

    [Fact]
    public async Task A_survey_shows_resources_with_holders_and_line_longest_wait_first()
    {
        await EnqueueAsync(Job("h1", shared: [new("young", 2)]), Job("h2", exclusive: ["old"]), Job("h3", exclusive: ["idle line"]));
        await (await WorkerAsync()).ClaimAsync();
        await EnqueueAsync(Job("w1", exclusive: ["old"]));
        Time.Advance(TimeSpan.FromSeconds(1));
        await EnqueueAsync(Job("w2", exclusive: ["young"]), Job("w3", shared: ["young"]));

        var resources = (await Store.SurveyAsync(SurveyParts.Resources, Token)).Resources;

        Assert.Equal(["old", "young", "idle line"], resources.Select(resource => resource.Name));
        Assert.Equal((ReservationMode.Exclusive, null), (resources[0].Mode, resources[0].Capacity));
        Assert.Equal((ReservationMode.Shared, 2), (resources[1].Mode, resources[1].Capacity));
        Assert.Equal([new("h1", JobState.Running, "w", Start)], resources[1].Holders);
        Assert.Equal(
            [new("w2", ReservationMode.Exclusive, Start.AddSeconds(1)), new("w3", ReservationMode.Shared, Start.AddSeconds(1))],
            resources[1].Line);
        Assert.Equal((1, 2, 0), (resources[1].HolderCount, resources[1].WaitingCount, resources[2].WaitingCount));
    }

    [Fact]
    public async Task A_survey_shows_the_first_holders_and_waiters_and_counts_the_others()
    {
        await EnqueueAsync(Many(15, id => Job(id, shared: ["r"]), "h"));
        await EnqueueAsync(Many(13, id => Job(id, exclusive: ["r"]), "w"));

        var resource = (await ResourceAsync("r"))!;

        Assert.Equal(Ids(10, "h"), resource.Holders.Select(holder => holder.Id));
        Assert.Equal(Ids(10, "w"), resource.Line.Select(waiter => waiter.Id));
        Assert.Equal((15, 13), (resource.HolderCount, resource.WaitingCount));
    }

    /// <summary>All pages of a list.</summary>
    private async Task<IReadOnlyList<string>> ListAsync(JobQuery query)
    {
        var ids = new List<string>();
        for (JobPage? page = null; page?.Next is not null || page is null;)
        {
            page = await Store.ListAsync(query with { Cursor = page?.Next }, Token);
            ids.AddRange(page.Jobs.Select(job => job.Record.Id));
        }

        return ids;
    }

    private static Dictionary<string, string> Labels(params (string Key, string Value)[] labels) =>
        labels.ToDictionary(label => label.Key, label => label.Value);
}
