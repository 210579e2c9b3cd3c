using Dibs.Tests.Support;

namespace Dibs.Tests;

public class FenceMarksTests
{
    [Fact]
    public void Something_that_nobody_has_written_to_lets_everybody_pass()
    {
        Assert.True(default(FenceMarks).TryPass(7, ReservationMode.Exclusive, out var next));
        Assert.Equal(new FenceMarks(7, 7), next);
        Assert.True(default(FenceMarks).TryPass(7, ReservationMode.Shared, out next));
        Assert.Equal(new FenceMarks(0, 7), next);
    }

    [Fact]
    public void The_same_attempt_passes_again()
    {
        Assert.True(new FenceMarks(7, 7).TryPass(7, ReservationMode.Exclusive, out var next));
        Assert.Equal(new FenceMarks(7, 7), next);
    }

    [Theory]
    [InlineData(ReservationMode.Exclusive, 9, false)]
    [InlineData(ReservationMode.Exclusive, 10, true)]
    [InlineData(ReservationMode.Shared, 4, false)]
    [InlineData(ReservationMode.Shared, 5, true)]
    public void An_exclusive_writer_is_refused_below_all_and_a_shared_one_below_the_exclusive(ReservationMode mode, long fence, bool passes)
    {
        var marks = new FenceMarks(5, 10);
        Assert.Equal(passes, marks.TryPass(fence, mode, out var next));
        if (!passes)
            Assert.Equal(marks, next);
    }

    [Fact]
    public void Marks_never_go_back_and_nobody_passes_whom_an_exclusive_one_has_overtaken()
    {
        var random = new Random(RandomTrials.FirstSeed());
        var marks = default(FenceMarks);
        var passed = new List<(long Fence, ReservationMode Mode)>();
        for (var i = 0; i < 10_000; i++)
        {
            var (fence, mode) = (random.Next(1, 200) + i / 100, random.Next(2) == 0 ? ReservationMode.Exclusive : ReservationMode.Shared);
            var overtaken = passed.Any(other => other.Fence > fence && (mode == ReservationMode.Exclusive || other.Mode == ReservationMode.Exclusive));
            Assert.Equal(!overtaken, marks.TryPass(fence, mode, out var next));
            Assert.True(next.Largest >= marks.Largest && next.LargestExclusive >= marks.LargestExclusive && next.Largest >= next.LargestExclusive);
            marks = next;
            if (!overtaken)
                passed.Add((fence, mode));
        }
    }

    [Fact]
    public void What_is_no_fence_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => default(FenceMarks).TryPass(0, ReservationMode.Exclusive, out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => default(FenceMarks).TryPass(1, (ReservationMode)2, out _));
    }
}
