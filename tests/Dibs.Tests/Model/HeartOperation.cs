namespace Dibs.Tests.Model;

/// <summary>What is done to the heart in one step.</summary>
internal enum HeartAct
{
    Add,
    BecomeDue,
    Complete,
    Fail,
    Cancel,
    Remove,
    Poll,
}

/// <summary>
/// One random step: a change, then work with a small budget, so that work is left over often. Jobs are picked by number out
/// of those for which the act is possible at that moment.
/// </summary>
/// <param name="Act">The change.</param>
/// <param name="Pick">Which job.</param>
/// <param name="Reservations">With add: what the new job reserves.</param>
/// <param name="After">With add: which jobs it comes after.</param>
/// <param name="Due">With add: its time has come already.</param>
/// <param name="Budget">Units of work after the change.</param>
internal sealed record HeartOperation(
    HeartAct Act, int Pick, IReadOnlyList<Reservation> Reservations, IReadOnlyList<int> After, bool Due, int Budget)
{
    private static readonly string[] ResourceNames = ["p", "q", "r", "s"];

    /// <summary>How often each act comes, in the order of the acts.</summary>
    private static readonly int[] Weights = [36, 5, 22, 4, 12, 8, 13];

    /// <summary>More than any trial has to do: one step that leaves nothing pending.</summary>
    private const int Plenty = 1000;

    public static HeartOperation Next(Random random)
    {
        var act = NextAct(random);
        return new HeartOperation(
            act,
            random.Next(),
            act == HeartAct.Add ? NextReservations(random) : [],
            act == HeartAct.Add && random.Next(3) == 0 ? [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => random.Next())] : [],
            random.Next(6) > 0,
            random.Next(4) == 0 ? Plenty : random.Next(5));
    }

    private static HeartAct NextAct(Random random)
    {
        var point = random.Next(Weights.Sum());
        var act = 0;
        for (; point >= Weights[act]; act++)
            point -= Weights[act];
        return (HeartAct)act;
    }

    private static Reservation[] NextReservations(Random random) =>
    [
        .. ResourceNames.Where(_ => random.Next(5) < 2).Select(name => random.Next(5) < 2
            ? new Reservation(name, ReservationMode.Exclusive)
            : new Reservation(name, ReservationMode.Shared, random.Next(3) == 0 ? random.Next(1, 4) : null)),
    ];
}
