using FileRepository.Demo;
using FileRepository.Storing;

namespace Dibs.Tests.FileRepository;

public class InspectionTests
{
    private static readonly JournalEntry[] _apart = [Call("sync", 0, 5), Call("publish", 5, 8)];
    private static readonly JournalEntry[] _overlapping = [Call("sync", 0, 5), Call("publish", 4, 8)];

    [Fact]
    public void Calls_in_turn_are_a_good_finding() => Assert.True(Inspection.Exclusion(_apart, _apart).Good);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_overlap_is_a_loud_finding_whichever_witness_saw_it(bool isSeenByCode)
    {
        var finding = isSeenByCode ? Inspection.Exclusion(_overlapping, _apart) : Inspection.Exclusion(_apart, _overlapping);
        Assert.Equal(new Finding(false, "JOBS IN CONFLICT OVERLAPPED", "sync and publish on repository:a"), finding);
    }

    private static JournalEntry Call(string caller, double start, double end) =>
        new(caller, [Touch.Write("repository:a")], TimeSpan.FromSeconds(start), TimeSpan.FromSeconds(end));
}
