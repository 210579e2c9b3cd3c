using System.Security.Cryptography;
using System.Text;
using Dibs.Stores;

namespace Dibs.Bench;

/// <summary>The store as one scene finds it: empty; and it is left so.</summary>
internal sealed class World : IAsyncDisposable
{
    public const string HotQueue = "hot";
    public const string FreeQueue = "free";

    private static readonly TimeSpan CleaningTime = TimeSpan.FromSeconds(60);
    private readonly ShiftedTime _time = new();
    private readonly bool _vanishes;
    private int _made;

    private World(BenchTarget target)
    {
        Store = target.Create(_time);
        _vanishes = target.SqliteFile is null;
    }

    public IJobStore Store { get; }

    public static async Task<World> OpenAsync(BenchTarget target, CancellationToken cancellationToken)
    {
        var world = new World(target);
        await world.Store.OpenAsync(cancellationToken);
        return world;
    }

    /// <summary>Makes jobs that call a probe without arguments; what the store keeps is memory of their own, as after a client.</summary>
    public NewJob[] Make(int count, string queue, Func<int, IReadOnlyList<Reservation>>? reservations = null, string probe = nameof(Probe.Nothing))
    {
        var jobs = new NewJob[count];
        for (var i = 0; i < count; i++)
        {
            var id = $"bench-{_made++:D12}";
            jobs[i] = new NewJob
            {
                Id = id,
                Digest = SHA256.HashData(Encoding.ASCII.GetBytes(id)),
                Method = $"{typeof(Probe).FullName}.{probe}",
                Content = "{}"u8.ToArray(),
                Queue = queue,
                Reservations = reservations?.Invoke(i) ?? [],
            };
        }
        return jobs;
    }

    public async Task EnqueueAsync(NewJob[] jobs, CancellationToken cancellationToken)
    {
        foreach (var step in jobs.Chunk(Limits.JobsPerStep))
            await Store.EnqueueAsync(step, cancellationToken);
    }

    /// <summary>Cancels what waits, and prunes everything.</summary>
    public async Task CleanAsync(CancellationToken cancellationToken)
    {
        var waiting = new JobQuery { States = [JobState.Scheduled, JobState.Blocked, JobState.Ready], Limit = Limits.JobsPerStep };
        while (await Store.ListAsync(waiting, cancellationToken) is { Jobs.Count: > 0 } page)
            await Store.ChangeAsync(JobChange.Cancel, [.. page.Jobs.Select(job => job.Record.Id)], cancellationToken);
        _time.SetForward(Retention.Minimum + TimeSpan.FromSeconds(1));
        while ((await Store.TendAsync(new Retention(TimeSpan.Zero, 0), cancellationToken)).More)
        {
            // Each step is bounded, so there are many.
        }
    }

    public async ValueTask DisposeAsync()
    {
        using var timeout = new CancellationTokenSource(CleaningTime);
        if (!_vanishes)
            await CleanAsync(timeout.Token);
        await Store.DisposeAsync();
    }
}
