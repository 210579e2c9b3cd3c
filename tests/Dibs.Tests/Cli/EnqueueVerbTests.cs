using System.Text.Json;
using Dibs.Stores;

namespace Dibs.Tests.Cli;

public class EnqueueVerbTests
{
    private readonly CliHarness _cli = new();

    [Fact]
    public async Task The_id_is_all_that_is_printed()
    {
        var result = await _cli.RunAsync("enqueue", "--id", "one", "--", "rsync", "-a", "src/", "dst/");
        Assert.Equal((0, "one\n", ""), (result.Exit, result.Out, result.Error));
    }

    [Fact]
    public async Task With_json_it_is_the_job_as_it_was_stored()
    {
        var job = (await _cli.RunAsync(
            "enqueue", "--id", "one", "--queue", "q", "--exclusive", "repo:1", "--shared", "api=5", "--shared", "mirror", "--priority", "-5", "--label", "team=a",
            "--description", "nightly", "--timeout", "1m30s", "--on-worker-lost", "retry", "--env", "KEY=secret", "--json", "--", "rsync", "-a", "--", "x")).Json;
        Assert.Equal(["rsync", "-a", "--", "x"], job.GetProperty("command").EnumerateArray().Select(word => word.GetString()));
        Assert.Equal("q", job.GetProperty("queue").GetString());
        Assert.Equal(-5, job.GetProperty("priority").GetInt32());
        Assert.Equal("ready", job.GetProperty("state").GetString());
        Assert.Equal(["api", "mirror", "repo:1"], job.GetProperty("reservations").EnumerateArray().Select(resource => resource.GetProperty("resource").GetString()));
        Assert.Equal("shared", job.GetProperty("reservations")[0].GetProperty("mode").GetString());
        Assert.Equal(5, job.GetProperty("reservations")[0].GetProperty("capacity").GetInt32());
        Assert.True(job.GetProperty("reservations")[2].GetProperty("held").GetBoolean());
        Assert.Equal("a", job.GetProperty("labels").GetProperty("team").GetString());
        Assert.Equal("nightly", job.GetProperty("description").GetString());
        Assert.Equal((90, "retry"), (job.GetProperty("timeout").GetDouble(), job.GetProperty("onWorkerLost").GetString()));
        Assert.Equal("2026-11-22T12:00:00.000000Z", job.GetProperty("createdAt").GetString());
        Assert.Equal("KEY", job.GetProperty("env")[0].GetString());
        Assert.DoesNotContain("secret", job.GetRawText(), StringComparison.Ordinal);
        Assert.False(job.TryGetProperty("finishedAt", out _));
    }

    [Fact]
    public async Task The_same_content_under_the_same_id_is_the_same_job_and_other_content_is_exit_4()
    {
        Assert.Equal(0, (await _cli.RunAsync("enqueue", "--id", "one", "N.M", "1")).Exit);
        Assert.Equal(0, (await _cli.RunAsync("enqueue", "--id", "one", "N.M", "1")).Exit);
        var other = await _cli.RunAsync("enqueue", "--id", "one", "N.M", "2", "--json");
        Assert.Equal(4, other.Exit);
        Assert.Equal("id-conflict", other.Json.GetProperty("error").GetProperty("code").GetString());
    }

    [Fact]
    public async Task What_is_not_asked_for_is_not_shown()
    {
        var job = (await _cli.RunAsync("enqueue", "--on-worker-lost", "fail", "--json", "--", "true")).Json;
        Assert.False(job.TryGetProperty("onWorkerLost", out _));
        Assert.False(job.TryGetProperty("timeout", out _));
    }

    [Theory]
    [InlineData("--on-worker-lost", "rety", "did you mean 'retry'?; write fail or retry")]
    [InlineData("--timeout", "10", "has no unit")]
    [InlineData("--timeout", "0s", "the limit is 1 ms to 365 days")]
    [InlineData("--timeout", "400d", "the limit is 1 ms to 365 days")]
    public async Task A_bad_limit_or_choice_is_exit_2(string option, string value, string line)
    {
        var result = await _cli.RunAsync("enqueue", option, value, "--", "true");
        Assert.Equal(2, result.Exit);
        Assert.Contains(line, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_delay_makes_a_scheduled_job()
    {
        var job = (await _cli.RunAsync("enqueue", "--in", "1h30m", "N.M", "--json")).Json;
        Assert.Equal(("scheduled", "2026-11-22T13:30:00.000000Z"), (job.GetProperty("state").GetString(), job.GetProperty("runAt").GetString()));
    }

    [Fact]
    public async Task A_job_after_an_unknown_one_is_exit_4() => Assert.Equal(4, (await _cli.RunAsync("enqueue", "--after", "nobody", "N.M")).Exit);

    [Theory]
    [InlineData(SettleOutcome.Completed, 0, "completed")]
    [InlineData(SettleOutcome.Failed, 1, "failed")]
    public async Task Waiting_ends_with_the_outcome(SettleOutcome outcome, int exit, string state)
    {
        var waiting = _cli.RunAsync("enqueue", "--id", "one", "--wait", "--json", "--", "true");
        var claim = Assert.Single(await _cli.ClaimAsync(1));
        await _cli.SettleAsync(claim, outcome, outcome == SettleOutcome.Failed ? new JobError { Type = "exit", Message = "exit code 3" } : null);
        var result = await waiting;
        Assert.Equal((exit, state), (result.Exit, result.Json.GetProperty("state").GetString()));
    }

    [Fact]
    public async Task Waiting_for_a_canceled_job_is_exit_3()
    {
        var waiting = _cli.RunAsync("enqueue", "--id", "one", "--wait", "--", "true");
        await _cli.Store.ChangeAsync(ChangeKind.Cancel, ["one"], CancellationToken.None);
        var result = await waiting;
        Assert.Equal((3, "one\n"), (result.Exit, result.Out));
        Assert.Contains("job 'one' canceled", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_interrupt_stops_the_waiting_and_not_the_job()
    {
        var waiting = _cli.RunAsync("enqueue", "--id", "one", "--wait", "--", "true");
        _cli.Interrupts.Raise(2);
        var result = await waiting;
        Assert.Equal((130, "one\n"), (result.Exit, result.Out));
        Assert.Contains("goes on", result.Error, StringComparison.Ordinal);
        Assert.Equal(JobState.Ready, (await _cli.Jobs.FindAsync("one", TestContext.Current.CancellationToken))!.State);
    }

    [Fact]
    public async Task A_bare_number_goes_to_the_store_as_a_number() =>
        Assert.Equal(JsonValueKind.Number, (await _cli.RunAsync("enqueue", "N.M", "42", "--json")).Json.GetProperty("args")[0].ValueKind);
}
