using System.Diagnostics;
using Dibs.Bench.Media;

namespace Dibs.Bench;

/// <summary>What is measured.</summary>
/// <param name="Store">Address of the store, as people write it.</param>
/// <param name="Medium">Where it keeps its jobs.</param>
/// <param name="WorkerProcess">Starts another process that works on the namespace, if the store allows one; null if not.</param>
internal sealed record BenchTarget(string Store, IMedium Medium, Func<ProcessStartInfo>? WorkerProcess);

/// <summary>How much is measured. The more jobs in a run, the less chance there is in it.</summary>
internal sealed record Sizes
{
    /// <summary>Runs of each figure, after one that does not count.</summary>
    public required int Runs { get; init; }

    /// <summary>Jobs in a run of <c>enqueue.single</c>.</summary>
    public required int Single { get; init; }

    /// <summary>Jobs in a run of the other kinds of enqueue.</summary>
    public required int Enqueued { get; init; }

    /// <summary>Jobs in a run of <c>drain</c>.</summary>
    public required int Drained { get; init; }

    /// <summary>Samples in a run of <c>pickup</c>.</summary>
    public required int PickUps { get; init; }

    /// <summary>Numbers of waiting jobs of <c>contended</c>.</summary>
    public required IReadOnlyList<int> Waiting { get; init; }

    /// <summary>Exchanges in a run of <c>contended</c>.</summary>
    public required int Exchanges { get; init; }

    /// <summary>Jobs stored for each of the figures <c>memory.*</c>.</summary>
    public required int Kept { get; init; }

    /// <summary>How long an idle worker is watched; and before that left alone, since what a start leaves to do, such as compiling, is not idleness.</summary>
    public required TimeSpan Idle { get; init; }
}
