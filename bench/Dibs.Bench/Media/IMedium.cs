using Dibs.Bench.Bare;
using Dibs.Stores;

namespace Dibs.Bench.Media;

/// <summary>Where a store keeps its jobs: all in which stores differ for whoever measures them.</summary>
internal interface IMedium : IAsyncDisposable
{
    /// <summary>How much of it is measured.</summary>
    /// <param name="quick">For a first look, of under 20 seconds on a quiet machine.</param>
    Sizes SizesOf(bool quick);

    /// <summary>Makes the store in the namespace of the run, not yet opened.</summary>
    /// <param name="time">A clock that the run sets, for a store that takes its time from this process.</param>
    IJobStore CreateStore(TimeProvider time);

    /// <summary>Makes what the bare cost is measured on.</summary>
    Task<IBareStore> OpenBareAsync(CancellationToken cancellationToken);

    /// <summary>Bytes in use.</summary>
    Task<long> UsedAsync(CancellationToken cancellationToken);

    /// <summary>What the server has done so far, for whomever; null where the store is in this process.</summary>
    Task<ServerLoad?> LoadAsync(CancellationToken cancellationToken);

    /// <summary>Removes the jobs of the run.</summary>
    /// <param name="store">The open store.</param>
    /// <param name="time">Its clock.</param>
    /// <param name="cancellationToken">Ends it before all are removed.</param>
    Task ClearAsync(IJobStore store, ShiftedTime time, CancellationToken cancellationToken);
}

/// <summary>What a server has done.</summary>
/// <param name="Steps">Steps of a store, one script each.</param>
/// <param name="StepSeconds">Time in them, by the server's own clock.</param>
/// <param name="CpuSeconds">Processor time of the server, of the user and the system.</param>
/// <param name="Commands">Commands that clients sent, without those of the measuring connection.</param>
internal sealed record ServerLoad(long Steps, double StepSeconds, double CpuSeconds, long Commands)
{
    public static ServerLoad operator +(ServerLoad one, ServerLoad other) =>
        new(one.Steps + other.Steps, one.StepSeconds + other.StepSeconds, one.CpuSeconds + other.CpuSeconds, one.Commands + other.Commands);

    /// <summary>What it did from one moment to the other; null where there is no server.</summary>
    public static ServerLoad? Between(ServerLoad? begin, ServerLoad? end) => begin is null || end is null
        ? null
        : new(end.Steps - begin.Steps, end.StepSeconds - begin.StepSeconds, end.CpuSeconds - begin.CpuSeconds, end.Commands - begin.Commands);
}
