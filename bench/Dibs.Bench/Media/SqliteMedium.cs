using Dibs.Bench.Bare;
using Dibs.Sqlite.Raw;
using Dibs.Stores;

namespace Dibs.Bench.Media;

/// <summary>A SQLite file.</summary>
/// <param name="file">Its path.</param>
/// <param name="create">Makes the store in the namespace of the run.</param>
internal sealed class SqliteMedium(string file, Func<TimeProvider, IJobStore> create) : IMedium
{
    private static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(10);

    public Sizes SizesOf(bool quick) => new()
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

    public IJobStore CreateStore(TimeProvider time) => create(time);

    public Task<IBareStore> OpenBareAsync(CancellationToken cancellationToken) => Task.FromResult<IBareStore>(new BareSqlite($"{file}-bare-{Environment.ProcessId}"));

    public Task<long> UsedAsync(CancellationToken cancellationToken)
    {
        using var sql = Connection.Open(file, create: false, LockTimeout);
        return Task.FromResult(SqliteSize.Used(sql));
    }

    public Task<ServerLoad?> LoadAsync(CancellationToken cancellationToken) => Task.FromResult<ServerLoad?>(null);

    /// <summary>Cancels what waits, and prunes everything.</summary>
    public async Task ClearAsync(IJobStore store, ShiftedTime time, CancellationToken cancellationToken)
    {
        var waiting = new JobQuery { States = [JobState.Scheduled, JobState.Blocked, JobState.Ready], Limit = Limits.JobsPerStep };
        while (await store.ListAsync(waiting, cancellationToken) is { Jobs.Count: > 0 } page)
            await store.ChangeAsync(ChangeKind.Cancel, [.. page.Jobs.Select(job => job.Record.Id)], cancellationToken);
        time.SetForward(Retention.Minimum + TimeSpan.FromSeconds(1));
        while ((await store.TendAsync(new Retention(TimeSpan.Zero, 0), cancellationToken)).More)
        {
            // Each step is bounded, so there are many.
        }
    }

    public ValueTask DisposeAsync() => default;
}
