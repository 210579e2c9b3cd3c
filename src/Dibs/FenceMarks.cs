namespace Dibs;

/// <summary>
/// What something outside of the store (a file, a row, an object in a bucket) keeps beside its data about those who wrote to it, so that
/// it can refuse an attempt that was taken for lost and writes late. Read the marks, ask <see cref="TryPass"/>, and store the next marks
/// with the data in one step, or before it. The default value is that of something nobody has written to yet.
/// </summary>
/// <param name="LargestExclusive">Largest fence of those who wrote with an exclusive reservation; 0 if there was none.</param>
/// <param name="Largest">Largest fence of all who wrote; 0 if there was none.</param>
public readonly record struct FenceMarks(long LargestExclusive, long Largest)
{
    /// <summary>
    /// Whether an attempt may write. One with an exclusive reservation is refused below <see cref="Largest"/>: somebody came after it. One
    /// with a shared reservation is refused below <see cref="LargestExclusive"/> only, since other shared holders do not exclude it. The
    /// same attempt may pass again and again.
    /// </summary>
    /// <param name="fence">The fence of the attempt: <see cref="JobContext.Fence"/>, or <c>DIBS_FENCE</c> of a program. From 1.</param>
    /// <param name="mode">How its job reserved what stands for this resource.</param>
    /// <param name="next">The marks to keep from now on; unchanged if it is refused.</param>
    /// <exception cref="ArgumentOutOfRangeException">The fence is less than 1, or the mode is none.</exception>
    public bool TryPass(long fence, ReservationMode mode, out FenceMarks next)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(fence, 1);
        var (least, exclusive) = mode switch
        {
            ReservationMode.Exclusive => (Largest, fence),
            ReservationMode.Shared => (LargestExclusive, LargestExclusive),
            _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, "A reservation is exclusive or shared."),
        };
        var passes = fence >= least;
        next = passes ? new FenceMarks(exclusive, Math.Max(Largest, fence)) : this;
        return passes;
    }
}
