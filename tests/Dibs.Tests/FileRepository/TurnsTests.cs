using FileRepository.Demo;
using FileRepository.Storing;

namespace Dibs.Tests.FileRepository;

public class TurnsTests
{
    [Fact]
    public void Those_that_overlapped_stand_side_by_side()
    {
        JournalEntry[] calls = [Call("sync", 0, 5), Call("stable", 5, 8), Call("edge", 6, 9), Call("again", 9, 10), Call("elsewhere", 0, 10, "b")];
        Assert.Equal([["sync"], ["stable", "edge"], ["again"]], Turns.Of("a", calls));
        Assert.Equal(["a  sync → stable ∥ edge → again"], Turns.Draw("a", Turns.Of("a", calls), labels: 2, width: 80));
    }

    [Fact]
    public void A_long_line_is_continued_below_its_resource() => Assert.Equal(
        ["a one → two", "  → three"],
        Turns.Draw("a", [["one"], ["two"], ["three"]], labels: 1, width: 12));

    private static JournalEntry Call(string caller, double start, double end, string resource = "a") =>
        new(caller, [Touch.Read(resource)], TimeSpan.FromSeconds(start), TimeSpan.FromSeconds(end));
}
