using System.Diagnostics;
using Dibs.Stores;

namespace Dibs.Bench;

/// <summary>What is measured.</summary>
/// <param name="Store">Address of the store, as people write it.</param>
/// <param name="Create">Makes the store in the namespace of the run, not yet opened, with a clock that the run sets.</param>
/// <param name="SqliteFile">The file of a SQLite store; null for the memory of this process.</param>
/// <param name="WorkerProcess">Starts another process that works on the namespace, if the store allows one; null if not.</param>
internal sealed record BenchTarget(string Store, Func<TimeProvider, IJobStore> Create, string? SqliteFile, Func<ProcessStartInfo>? WorkerProcess);

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

    /// <summary>Jobs stored for <c>memory.perJob</c>.</summary>
    public required int Kept { get; init; }

    /// <summary>How long an idle worker is watched; and before that left alone, since what a start leaves to do, such as compiling, is not idleness.</summary>
    public required TimeSpan Idle { get; init; }

    /// <summary>The sizes for a store; quick ones are for a first look, under 20 seconds.</summary>
    public static Sizes Of(BenchTarget target, bool quick) => target.SqliteFile is null
        ? new Sizes
        {
            Runs = quick ? 3 : 9,
            Single = 10_000,
            Enqueued = 10_000,
            Drained = 50_000,
            PickUps = quick ? 100 : 500,
            Waiting = [1_000, 10_000, 100_000],
            Exchanges = 1_000,
            Kept = 50_000,
            Idle = TimeSpan.FromSeconds(quick ? 2 : 20),
        }
        : new Sizes
        {
            Runs = quick ? 2 : 5,
            Single = quick ? 200 : 500,
            Enqueued = quick ? 1_000 : 5_000,
            Drained = quick ? 1_000 : 5_000,
            PickUps = quick ? 50 : 200,
            // A hundred thousand jobs on the disk, and their removal, are too much for a first look.
            Waiting = quick ? [1_000, 10_000] : [1_000, 10_000, 100_000],
            Exchanges = quick ? 50 : 100,
            Kept = quick ? 2_000 : 10_000,
            Idle = TimeSpan.FromSeconds(quick ? 2 : 20),
        };
}
