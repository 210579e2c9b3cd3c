using FileRepository.Demo;
using Spectre.Console;

namespace Dibs.Tests.FileRepository;

public class BoardTests
{
    private static readonly DateTimeOffset _start = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_moment_has_a_line_per_job_and_per_resource_in_use()
    {
        var lines = Draw(
            70, 24,
            Job("sync-1", JobState.Running, true) with { StartedAt = _start, Progress = [new() { Code = "c", Message = "Downloading", Done = 5, Total = 10, State = "running" }] },
            Job("sync-2", JobState.Blocked, false),
            Job("sync-0", JobState.Failed, false) with { StartedAt = _start, FinishedAt = _start.AddSeconds(1), Error = new() { Type = "T", Message = "it broke" } });
        Assert.Equal(
            [
                "1 of 3 jobs done, 1 running, 1 waiting",
                "",
                "● sync-1 ███████████▌░░░░░░░░░░░ 5/10 Downloading                2.0 s",
                "○ sync-2 waits for repository:a",
                "✗ sync-0 it broke                                                1.0 s",
                "",
                "  repository:a sync-1 has it, 1 waiting",
            ],
            lines.Select(line => line.TrimEnd()));
    }

    [Fact]
    public void A_low_screen_shows_what_runs_then_what_is_next()
    {
        var lines = Draw(80, 9, [.. Jobs(JobState.Completed, "done", 9), .. Jobs(JobState.Running, "runs", 2), .. Jobs(JobState.Blocked, "waits", 9)]);
        Assert.Equal(["runs-0", "runs-1", "waits-0", "waits-1"], lines.Skip(2).Take(4).Select(line => line.Split(' ')[1]));
    }

    [Fact]
    public void Who_shares_a_resource_stands_in_its_line_and_a_free_one_stays_visible()
    {
        var lines = Draw(80, 24, Share("one", true), Share("two", true), Job("last", JobState.Completed, false) with { Reservations = [new("b", ReservationMode.Exclusive, null, false)] });
        Assert.Equal(["  b free", "  a shared by one, two"], lines[^2..].Select(line => line.TrimEnd()));

        static JobRecord Share(string id, bool held) => Job(id, JobState.Running, held) with { StartedAt = _start, Reservations = [new("a", ReservationMode.Shared, null, held)] };
    }

    [Theory]
    [InlineData(40, 10)]
    [InlineData(80, 24)]
    [InlineData(200, 60)]
    public void It_never_leaves_the_screen(int width, int height)
    {
        var lines = Draw(width, height, [.. Jobs(JobState.Running, "a-job-with-quite-a-long-name", 4), .. Jobs(JobState.Blocked, "waits", 40)]);
        Assert.True(lines.Length < height);
        Assert.All(lines, line => Assert.True(line.Length <= width, line));
    }

    private static string[] Draw(int width, int height, params JobRecord[] jobs) =>
        [.. new Board(width, height).Draw(jobs, _start.AddSeconds(2)).Select(Markup.Remove)];

    private static IEnumerable<JobRecord> Jobs(JobState state, string name, int count) => Enumerable.Range(0, count)
        .Select(i => Job($"{name}-{i}", state, held: state == JobState.Running) with { StartedAt = state == JobState.Blocked ? null : _start });

    private static JobRecord Job(string id, JobState state, bool held) => new()
    {
        Id = id,
        Namespace = "default",
        Queue = "default",
        State = state,
        CreatedAt = _start,
        Reservations = [new("repository:a", ReservationMode.Exclusive, null, held)],
    };
}
