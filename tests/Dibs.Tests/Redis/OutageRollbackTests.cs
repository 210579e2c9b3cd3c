using Dibs.Tests.Redis.Servers;
using Dibs.Tests.Support;

namespace Dibs.Tests.Redis;

/// <summary>The server comes back without what it had acknowledged: with an older copy of its data, or with none.</summary>
public sealed class OutageRollbackTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>For so long nothing is claimed after the store was found to be older.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(3);

    private RedisServer _server = null!;
    private WorkScene _scene = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await RedisServer.StartAsync(new() { AppendOnly = "always" });
        _scene = new WorkScene(_server.Address);
    }

    public async ValueTask DisposeAsync()
    {
        await _scene.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task An_empty_store_is_noticed_said_loudly_and_used_again()
    {
        await _scene.WorkAsync(configure: worker => worker.Lease = Lease);
        await CompleteAsync("before");
        await BeginAsync("running", TimeSpan.FromMinutes(5));
        await RestartAsync(data: null);

        await AssertNoticedAsync("running");
        Assert.Null(await _scene.FindAsync("before"));
        await CompleteAsync("after");
        await _scene.AssertCleanAsync();
    }

    [Fact]
    public async Task An_older_store_is_noticed_said_loudly_and_used_again()
    {
        await _scene.WorkAsync(configure: worker => worker.Lease = Lease);
        await CompleteAsync("old");
        using var copy = _server.CopyData();
        await CompleteAsync("new");
        await BeginAsync("running", TimeSpan.FromMinutes(5));
        await RestartAsync(copy);

        await AssertNoticedAsync("running");
        Assert.Equal(JobState.Completed, (await _scene.FindAsync("old"))!.State);
        Assert.Null(await _scene.FindAsync("new"));
        await CompleteAsync("after");
        await _scene.AssertCleanAsync();
    }

    [Fact]
    public async Task A_restart_with_all_its_data_is_no_such_case()
    {
        await _scene.WorkAsync(configure: worker => worker.Lease = Lease);
        await CompleteAsync("before");
        using var copy = _server.CopyData();
        await RestartAsync(copy);
        await CompleteAsync("after");
        Assert.DoesNotContain(_scene.Log, IsAlarm);
    }

    private static bool IsAlarm(string line) => line.StartsWith("Critical The store came back", StringComparison.Ordinal);

    private async Task RestartAsync(TemporaryFolder? data)
    {
        await _server.KillAsync();
        _server.ReplaceData(data);
        await _server.StartAgainAsync();
    }

    /// <summary>It is said that data is gone, the attempt that the store does not know is named, and it is stopped.</summary>
    private async Task AssertNoticedAsync(string running)
    {
        await _scene.UntilLoggedAsync("The store came back", Patience);
        await _scene.UntilLoggedAsync($"{running} attempt 1: the store came back older and does not know it", Patience);
        await Deadline.UntilAsync(() => _scene.Ledger.Runs.Single(run => run.JobId == running).Ended is not null, Patience, "the unknown attempt is stopped");
        Assert.Single(_scene.Log, IsAlarm);
    }

    private async Task CompleteAsync(string id)
    {
        await _scene.EnqueueAsync(id, TimeSpan.Zero);
        Assert.Equal(JobState.Completed, (await _scene.UntilFinalAsync(id, Patience)).State);
    }

    private async Task BeginAsync(string id, TimeSpan length)
    {
        await _scene.EnqueueAsync(id, length);
        await _scene.UntilBegunAsync(id, Patience);
    }
}
