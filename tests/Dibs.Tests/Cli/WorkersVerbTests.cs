using Dibs.Stores;

namespace Dibs.Tests.Cli;

public class WorkersVerbTests
{
    private readonly CliHarness _cli = new();

    [Fact]
    public async Task A_worker_is_shown_with_its_memory_and_the_age_of_its_heartbeat()
    {
        await RegisterAsync("mail", "mail-1");
        await _cli.Store.HeartbeatAsync(new() { Incarnation = "mail-1", Memory = 91_300_000 }, CancellationToken.None);
        _cli.Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal("mail  0/4  default  5s  5s  live  -  30s  87M  7  web1  1.2  -\n", (await _cli.RunAsync("workers")).Out);
        var worker = (await _cli.RunAsync("workers", "--json")).Json.GetProperty("items")[0];
        Assert.Equal((91_300_000, 5, "1.2"), (worker.GetProperty("memory").GetInt64(), worker.GetProperty("beatAge").GetDouble(), worker.GetProperty("version").GetString()));
        Assert.False(worker.TryGetProperty("asked", out _));
        Assert.False(worker.TryGetProperty("missing", out _));
    }

    [Fact]
    public async Task Slots_that_are_taken_by_jobs_that_should_have_stopped_are_counted_and_named()
    {
        await RegisterAsync("mail", "mail-1");
        await _cli.Store.HeartbeatAsync(new() { Incarnation = "mail-1", Overdue = ["import-1", "import-2"] }, CancellationToken.None);

        Assert.StartsWith("mail  0/4  default  0s  0s  live  2  30s", (await _cli.RunAsync("workers")).Out, StringComparison.Ordinal);
        var worker = (await _cli.RunAsync("workers", "--json")).Json.GetProperty("items")[0];
        Assert.Equal("none", worker.GetProperty("isolation").GetString());
        Assert.Equal(["import-1", "import-2"], worker.GetProperty("overdue").EnumerateArray().Select(id => id.GetString()));
    }

    [Fact]
    public async Task A_worker_without_a_heartbeat_for_two_thirds_of_its_lease_is_missing_and_red()
    {
        await RegisterAsync("mail", "mail-1");
        _cli.Time.Advance(TimeSpan.FromSeconds(20));
        Assert.Contains("live", (await _cli.RunAsync("workers")).Out, StringComparison.Ordinal);
        _cli.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Contains("missing", (await _cli.RunAsync("workers")).Out, StringComparison.Ordinal);
        Assert.True((await _cli.RunAsync("workers", "--json")).Json.GetProperty("items")[0].GetProperty("missing").GetBoolean());
        _cli.Terminal = 120;
        Assert.Matches("\e\\[[0-9;]*m *missing", (await _cli.RunAsync("workers")).Out);
    }

    [Theory]
    [InlineData("quiet", "quiet")]
    [InlineData("stop", "stopping")]
    public async Task Workers_are_asked_by_their_name_and_shown_apart(string request, string state)
    {
        await RegisterAsync("mail", "mail-1");
        await RegisterAsync("mail", "mail-2");
        await RegisterAsync("web", "web-1");

        Assert.Equal($"mail  {request}\n", (await _cli.RunAsync("workers", request, "mail")).Out);
        Assert.Equal($"{{\"items\":[{{\"name\":\"mail\",\"asked\":\"{request}\"}}]}}\n", (await _cli.RunAsync("workers", request, "mail", "--json")).Out);
        Assert.Equal([state, state, "live"], (await _cli.RunAsync("workers")).Lines.Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[5]));
        Assert.Equal([request, request, null], (await _cli.RunAsync("workers", "--json")).Json.GetProperty("items").EnumerateArray()
            .Select(worker => worker.TryGetProperty("asked", out var asked) ? asked.GetString() : null));
    }

    [Fact]
    public async Task A_worker_that_stops_already_is_said_to_stop()
    {
        await RegisterAsync("mail", "mail-1");
        await _cli.RunAsync("workers", "stop", "mail");
        Assert.Equal("mail  stop\n", (await _cli.RunAsync("workers", "quiet", "mail")).Out);
    }

    [Fact]
    public async Task A_name_that_no_live_worker_has_is_exit_4_and_the_others_are_asked()
    {
        await RegisterAsync("mail", "mail-1");
        var result = await _cli.RunAsync("workers", "quiet", "nobody", "mail");
        Assert.Equal((4, "mail  quiet\n", "dibs: no live worker has the name 'nobody'; see dibs workers\n"), (result.Exit, result.Out, result.Error));
        Assert.Equal("unknown-worker", (await _cli.RunAsync("workers", "quiet", "nobody", "--json")).Json.GetProperty("error").GetProperty("code").GetString());
    }

    [Theory]
    [InlineData("did you mean 'quiet'?", "quit", "mail")]
    [InlineData("needs the name of a worker", "stop")]
    [InlineData("is nothing that can be asked of workers", "mail")]
    public async Task What_cannot_be_asked_is_exit_2(string line, params string[] words)
    {
        var result = await _cli.RunAsync(["workers", .. words]);
        Assert.Equal(2, result.Exit);
        Assert.Contains(line, result.Error, StringComparison.Ordinal);
    }

    private async Task RegisterAsync(string name, string incarnation) => await _cli.Store.RegisterAsync(
        new WorkerRegistration { Incarnation = incarnation, Name = name, Host = "web1", Pid = 7, Version = "1.2", Queues = ["default"], Slots = 4, Lease = TimeSpan.FromSeconds(30) },
        CancellationToken.None);
}
