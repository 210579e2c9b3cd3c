using Dibs.Reservations;

namespace Dibs.Tests.Model;

/// <summary>The one form in which reservations are stored, whatever a caller names twice.</summary>
public class ReservationSetTests
{
    [Fact]
    public void Resources_are_sorted_by_their_characters_and_none_comes_twice() =>
        Assert.Equal("Exclusive B, Exclusive a, Shared b", Of(["a", "B", "a"], "b", "b"));

    [Fact]
    public void Exclusive_absorbs_shared_and_its_capacity() =>
        Assert.Equal("Exclusive r", Of(["r"], "r", new("r", 1)));

    [Fact]
    public void Of_several_capacities_the_smallest_counts() =>
        Assert.Equal("Shared r=2", Of([], new("r", 3), "r", new("r", 2), new("r", 4)));

    private static string Of(string[] exclusive, params SharedResource[] shared) =>
        string.Join(", ", ReservationSet.From(exclusive, shared).Select(ReservationText.Of));
}
