using FileRepository.Demo;
using Spectre.Console;

namespace Dibs.Tests.FileRepository;

public class TimelineTests
{
    [Fact]
    public void A_bar_waits_then_runs_on_the_axis_of_all() => Assert.Equal(
        [
            "first  ██████████            10.0 s",
            "second ··········██████████  10.0 s",
            "third       ·····█████        5.0 s",
            "       ╵0 s      ╵10 s             ",
        ],
        Draw(36 - 1, Bar("first", 0, 0, 10), Bar("second", 0, 10, 20), Bar("third", 5, 10, 15)));

    [Fact]
    public void The_shortest_job_has_a_column_even_at_the_end() => Assert.Equal(
        ["a ██████████  10.0 s", "b ·········█   0.0 s", "  ╵0 s              "],
        Draw(20, Bar("a", 0, 0, 10), Bar("b", 0, 10, 10)));

    [Theory]
    [InlineData(40)]
    [InlineData(80)]
    [InlineData(120)]
    [InlineData(200)]
    public void Every_line_has_exactly_the_width(int width)
    {
        var lines = Draw(width, Bar("publish-a-repository-with-a-rather-long-name-1", 1, 2, 3), Bar("[odd]", 0, 0, 41));
        Assert.All(lines, line => Assert.Equal(width, line.Length));
    }

    [Fact]
    public void Jobs_that_took_no_time_at_all_are_drawn() => Assert.Equal(["a █", "b █"], Draw(14, Bar("a", 0, 0, 0), Bar("b", 0, 0, 0)).Take(2).Select(line => line[..3]));

    [Fact]
    public void Nothing_is_drawn_for_no_jobs() => Assert.Empty(Timeline.Draw([], 80));

    private static string[] Draw(int width, params TimelineBar[] bars) => [.. Timeline.Draw(bars, width).Select(Markup.Remove)];

    private static TimelineBar Bar(string label, double queued, double started, double ended) =>
        new(label, TimeSpan.FromSeconds(queued), TimeSpan.FromSeconds(started), TimeSpan.FromSeconds(ended), "green");
}
