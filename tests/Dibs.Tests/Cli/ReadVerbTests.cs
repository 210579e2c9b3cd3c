using System.Text.RegularExpressions;
using Dibs.Stores;
using Dibs.Tests.Support;

namespace Dibs.Tests.Cli;

public partial class ReadVerbTests
{
    private readonly CliHarness _cli = new();

    [Fact]
    public async Task Jobs_are_one_line_each_when_piped_newest_first()
    {
        foreach (var id in new[] { "a", "b", "c" })
            await _cli.EnqueueAsync(id, exclusive: "repo:1");
        var result = await _cli.RunAsync("jobs");
        Assert.Equal(["c", "b", "a"], result.Lines.Select(line => line.Split(' ')[0]));
        Assert.DoesNotContain('\e', result.Out);
        Assert.Equal(["b", "c"], (await _cli.RunAsync("jobs", "--state", "blocked", "--quiet")).Lines.Order());
        Assert.Equal(["a"], (await _cli.RunAsync("jobs", "--state", "ready", "--resource", "repo:1", "--quiet")).Lines);
    }

    [Fact]
    public async Task A_page_ends_with_the_cursor_of_the_next()
    {
        foreach (var id in new[] { "a", "b", "c" })
            await _cli.EnqueueAsync(id);
        var first = (await _cli.RunAsync("jobs", "--limit", "2", "--json")).Json;
        var second = (await _cli.RunAsync("jobs", "--limit", "2", "--json", "--cursor", first.GetProperty("next").GetString()!)).Json;
        Assert.Equal(["c", "b", "a"], first.GetProperty("items").EnumerateArray().Concat(second.GetProperty("items").EnumerateArray()).Select(job => job.GetProperty("id").GetString()));
        Assert.Contains("--cursor", (await _cli.RunAsync("jobs", "--limit", "2")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_jobs_is_an_empty_list_and_said_on_stderr()
    {
        var result = await _cli.RunAsync("jobs");
        Assert.Equal((0, "", "dibs: no jobs match\n"), (result.Exit, result.Out, result.Error));
        Assert.Equal("{\"items\":[]}\n", (await _cli.RunAsync("jobs", "--json")).Out);
    }

    [Fact]
    public async Task Why_begins_with_a_sentence_and_ends_with_the_chain()
    {
        await _cli.EnqueueAsync("a", exclusive: "repo:1");
        await _cli.EnqueueAsync("b", exclusive: "repo:1");
        await _cli.EnqueueAsync("c", exclusive: "repo:1");
        var why = await _cli.RunAsync("why", "c");
        Assert.StartsWith("It needs 'repo:1' alone", why.Out, StringComparison.Ordinal);
        Assert.Contains("held by a (ready", why.Out, StringComparison.Ordinal);
        Assert.EndsWith("chain: c → a\n", why.Out, StringComparison.Ordinal);
        var json = (await _cli.RunAsync("why", "c", "--json")).Json;
        Assert.Equal(("reservation", "exclusive", 1), (json.GetProperty("causes")[0].GetProperty("kind").GetString(), json.GetProperty("causes")[0].GetProperty("mode").GetString(), json.GetProperty("causes")[0].GetProperty("ahead").GetInt32()));
        Assert.Single((await _cli.RunAsync("why", "c", "--quiet")).Lines);
    }

    [Fact]
    public async Task A_job_that_cannot_be_killed_is_said_to_take_its_slot()
    {
        await _cli.Store.EnqueueAsync([SampleJobs.Job("a")], CancellationToken.None);
        await _cli.ClaimAsync(1);
        await _cli.RunAsync("cancel", "a");
        _cli.Time.Advance(TimeSpan.FromSeconds(40));

        var why = await _cli.RunAsync("why", "a");
        Assert.StartsWith("It was asked to stop 40 s ago and still runs on worker 'worker@test', inside the worker's own process", why.Out, StringComparison.Ordinal);
        Assert.Contains("(40s ago); worker worker@test cannot kill it, its slot stays taken", why.Out, StringComparison.Ordinal);
        Assert.True((await _cli.RunAsync("why", "a", "--json")).Json.GetProperty("causes")[0].GetProperty("unkillable").GetBoolean());
    }

    [Fact]
    public async Task A_ready_job_without_a_worker_says_how_to_start_one()
    {
        await _cli.EnqueueAsync("a", queue: "slow");
        Assert.Contains("dibs worker --queue slow", (await _cli.RunAsync("why", "a")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_is_shown_with_its_fields()
    {
        await _cli.EnqueueAsync("a", exclusive: "repo:1");
        await _cli.SettleAsync((await _cli.ClaimAsync(1))[0], SettleOutcome.Failed, new JobError { Type = "exit", Message = "exit code 3", Detail = "line 1\nline 2" });
        var job = await _cli.RunAsync("job", "a");
        Assert.Contains("state     failed (exited)", job.Out, StringComparison.Ordinal);
        Assert.Contains("exit: exit code 3", job.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("line 2", job.Out, StringComparison.Ordinal);
        Assert.Contains("line 1\nline 2\n", (await _cli.RunAsync("job", "a", "--verbose")).Out, StringComparison.Ordinal);
        Assert.Equal("failed\n", (await _cli.RunAsync("job", "a", "--quiet")).Out);
        Assert.Equal("failed", (await _cli.RunAsync("job", "a", "--json")).Json.GetProperty("state").GetString());
    }

    [Fact]
    public async Task Following_a_job_writes_a_document_per_change_and_exits_as_it_ended()
    {
        await _cli.EnqueueAsync("a");
        var following = _cli.RunAsync("job", "a", "--follow", "--json");
        await _cli.SettleAsync((await _cli.ClaimAsync(1))[0], SettleOutcome.Failed);
        var result = await following;
        Assert.Equal(1, result.Exit);
        Assert.Equal(["ready", "failed"], result.Lines.Select(line => System.Text.Json.JsonElement.Parse(line).GetProperty("state").GetString()));
    }

    [Fact]
    public async Task Logs_are_the_lines_alone()
    {
        await _cli.EnqueueAsync("a");
        var key = (await _cli.ClaimAsync(1))[0].Key;
        await _cli.Store.ReportAsync([new JobReport { Key = key, Lines = [new LogLine(_cli.Time.GetUtcNow(), "one"), new LogLine(_cli.Time.GetUtcNow(), "two \e[31mred")] }], CancellationToken.None);
        Assert.Equal("one\ntwo �[31mred\n", (await _cli.RunAsync("job", "a", "--logs")).Out);
        Assert.Equal("one", (await _cli.RunAsync("job", "a", "--logs", "--json")).Json.GetProperty("items")[0].GetProperty("text").GetString());
    }

    [Fact]
    public async Task Queues_workers_and_resources_list_what_is_there()
    {
        await _cli.EnqueueAsync("a", exclusive: "repo:1");
        await _cli.EnqueueAsync("b", exclusive: "repo:1");
        await _cli.ClaimAsync(1);
        Assert.Equal("default", (await _cli.RunAsync("queues", "--quiet")).Out.Trim());
        var queue = (await _cli.RunAsync("queues", "--json")).Json.GetProperty("items")[0];
        Assert.Equal((1, 1), (queue.GetProperty("counts").GetProperty("running").GetInt32(), queue.GetProperty("counts").GetProperty("blocked").GetInt32()));
        var worker = (await _cli.RunAsync("workers", "--json")).Json.GetProperty("items")[0];
        Assert.Equal(("worker@test", 30, "a"), (worker.GetProperty("name").GetString(), worker.GetProperty("lease").GetDouble(), worker.GetProperty("jobs")[0].GetString()));
        var resource = (await _cli.RunAsync("resources", "--json")).Json.GetProperty("items")[0];
        Assert.Equal(("repo:1", "exclusive", "a", "b"), (resource.GetProperty("name").GetString(), resource.GetProperty("mode").GetString(), resource.GetProperty("holders")[0].GetProperty("id").GetString(), resource.GetProperty("line")[0].GetProperty("id").GetString()));
        Assert.Matches("^worker@test +1/4 +default ", (await _cli.RunAsync("workers")).Out);
        Assert.Matches("^repo:1 +exclusive +a +1 ", (await _cli.RunAsync("resources")).Out);
        var info = (await _cli.RunAsync("info", "--json")).Json;
        Assert.Equal(("memory", "default", 1), (info.GetProperty("store").GetProperty("kind").GetString(), info.GetProperty("namespace").GetString(), info.GetProperty("counts").GetProperty("running").GetInt32()));
    }

    [Fact]
    public async Task Info_names_the_job_that_has_waited_longest_ready_or_blocked()
    {
        Assert.False((await _cli.RunAsync("info", "--json")).Json.TryGetProperty("oldestWaiting", out _));
        await _cli.EnqueueAsync("running", exclusive: "repo:1");
        await _cli.ClaimAsync(1);
        await _cli.EnqueueAsync("blocked", exclusive: "repo:1");
        _cli.Time.Advance(TimeSpan.FromMinutes(1));
        await _cli.EnqueueAsync("ready");
        Assert.Contains("oldest waiting  blocked, blocked in 'default', 1m; dibs why blocked\n", (await _cli.RunAsync("info")).Out, StringComparison.Ordinal);
        var oldest = (await _cli.RunAsync("info", "--json")).Json.GetProperty("oldestWaiting");
        Assert.Equal(("blocked", "blocked", "2026-11-22T12:00:00.000000Z"), (oldest.GetProperty("id").GetString(), oldest.GetProperty("state").GetString(), oldest.GetProperty("since").GetString()));
    }

    [Theory]
    [InlineData("repo:1", "oldest waiting  j1, blocked in 'default', 1m; dibs why j1\n")]
    [InlineData(null, "oldest waiting  a job, ready in 'default', 1m\n")]
    public async Task Of_more_waiting_jobs_than_a_page_holds_it_is_the_head_of_a_line_or_the_oldest_ready_one(string? exclusive, string line)
    {
        await _cli.EnqueueAsync("j0", exclusive);
        await _cli.ClaimAsync(1);
        await _cli.EnqueueAsync("j1", exclusive);
        _cli.Time.Advance(TimeSpan.FromMinutes(1));
        await _cli.Jobs.EnqueueManyAsync(Enumerable.Range(2, Limits.PageSize).Select(i => JobRequest.Command(["true"], options: new JobOptions { Id = $"j{i}" })), TestContext.Current.CancellationToken);
        Assert.Contains(line, (await _cli.RunAsync("info")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_clean_store_verifies_with_exit_0()
    {
        await _cli.EnqueueAsync("a", exclusive: "repo:1");
        var verify = await _cli.RunAsync("verify");
        Assert.Equal((0, ""), (verify.Exit, verify.Out));
        Assert.StartsWith("dibs: clean: ", verify.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await _cli.RunAsync("repair")).Exit);
        Assert.Equal(0, (await _cli.RunAsync("verify", "--json")).Json.GetProperty("items").GetArrayLength());
    }

    [GeneratedRegex("\e\\[[0-9;]*m")]
    private static partial Regex Escapes();

    [Theory]
    [InlineData(80)]
    [InlineData(200)]
    public async Task Nothing_is_wider_than_the_terminal(int width)
    {
        await _cli.EnqueueAsync("a-rather-long-id-of-a-job-of-a-kind", exclusive: "repository:a-rather-long-name-of-a-resource-that-somebody-chose");
        await _cli.EnqueueAsync("b", exclusive: "repository:a-rather-long-name-of-a-resource-that-somebody-chose");
        await _cli.ClaimAsync(1);
        _cli.Terminal = width;
        _cli.Variables["NO_COLOR"] = "1";
        foreach (var words in new[] { "jobs", "job b", "why b", "queues", "workers", "resources", "info", "verify" })
        {
            var result = await _cli.RunAsync(words.Split(' '));
            Assert.True(result.Exit == 0, result.Error);
            if (words != "why b")
                Assert.All(result.Lines, line => Assert.True(Escapes().Replace(line, "").Length <= width, line));
            Assert.DoesNotContain("\e[3", result.Out, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(80)]
    [InlineData(200)]
    public async Task A_long_name_leaves_the_other_columns_whole(int width)
    {
        _cli.Terminal = width;
        await _cli.RunAsync("enqueue", "--id", "holder", "--exclusive", string.Concat(Enumerable.Repeat("ß", 128)), "--", "true");
        var table = await _cli.RunAsync("resources");
        foreach (var word in new[] { "held", "exclusive", "by", "holder", "waiting", "longest" })
            Assert.Contains(word, table.Out, StringComparison.Ordinal);
        Assert.Equal(128, table.Out.Count(letter => letter == 'ß'));
    }
}
