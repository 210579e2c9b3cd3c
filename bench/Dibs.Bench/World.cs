using Dibs.Stores;

namespace Dibs.Bench;

/// <summary>The store as one scene finds it: empty; and it is left so.</summary>
internal sealed class World : IAsyncDisposable
{
    public const string HotQueue = "hot";
    public const string FreeQueue = "free";

    private static readonly TimeSpan CleaningTime = TimeSpan.FromSeconds(60);
    private readonly ShiftedTime _time = new();
    private readonly BenchTarget _target;

    private World(BenchTarget target)
    {
        _target = target;
        Store = target.Medium.CreateStore(_time);
    }

    public IJobStore Store { get; }

    public JobMaker Jobs { get; } = new();

    public static async Task<World> OpenAsync(BenchTarget target, CancellationToken cancellationToken)
    {
        var world = new World(target);
        await world.Store.OpenAsync(cancellationToken);
        return world;
    }

    public async Task EnqueueAsync(NewJob[] jobs, CancellationToken cancellationToken)
    {
        foreach (var step in jobs.Chunk(Limits.JobsPerStep))
            await Store.EnqueueAsync(step, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        using var timeout = new CancellationTokenSource(CleaningTime);
        await _target.Medium.ClearAsync(Store, _time, timeout.Token);
        await Store.DisposeAsync();
    }
}
