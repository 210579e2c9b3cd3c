using FileRepository;
using FileRepository.Storing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Dibs.Tests.FileRepository;

/// <summary>The file repository as jobs of a worker, as an application would run it.</summary>
public sealed class SyncJobTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _directory = new();
    private RemoteStub _remote = null!;
    private IHost _host = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private IJobClient Jobs => _host.Services.GetRequiredService<IJobClient>();

    private Storage Storage => _host.Services.GetRequiredService<Storage>();

    public async ValueTask InitializeAsync()
    {
        _remote = await RemoteStub.StartAsync();
        _remote.Add("1.iso", "one");
        _remote.Add("2.iso", "two");
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddFileRepository(_directory.Path);
        builder.Services.AddDibs(dibs => dibs.UseMemory().AddMethodsFrom(typeof(Repositories).Assembly));
        builder.Services.AddDibsWorker(worker => worker.Slots = 4);
        _host = builder.Build();
        await _host.StartAsync(Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(Cancel);
        _host.Dispose();
        await _remote.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task A_sync_reports_its_phases_and_the_version_it_made()
    {
        var job = await SyncAsync("iso");
        Assert.Equal(new SyncResult(Version: 1, Added: 2, Removed: 0, Downloaded: 2, Skipped: false), await job.ResultAsync(Cancel));
        Assert.Equal(["repository:iso/versions/1"], job.Record.Created);
        Assert.Equal(
            [
                ("sync.downloading.metadata", 1L, "completed"),
                ("sync.parsing.metadata", 2, "completed"),
                ("sync.downloading.artifacts", 2, "completed"),
                ("associating.content", 2, "completed"),
                ("unassociating.content", 0, "completed"),
            ],
            job.Record.Progress!.Select(phase => (phase.Code, phase.Done, phase.State)));
    }

    [Fact]
    public async Task A_skipped_sync_says_so()
    {
        await (await SyncAsync("iso")).ResultAsync(Cancel);
        var again = await SyncAsync("iso");
        Assert.True((await again.ResultAsync(Cancel)).Skipped);
        Assert.Contains(again.Record.Progress!, phase => phase is { Code: "sync.was_skipped", Message: "Skipping Sync (no change from previous sync)", State: "completed" });
        Assert.Null(again.Record.Created);
    }

    [Fact]
    public async Task A_corrupted_file_fails_the_job_with_both_digests_and_the_next_one_goes_on()
    {
        _remote.Put("2.iso", "owt");
        var job = await SyncAsync("iso");
        var error = await Assert.ThrowsAsync<JobFailedException>(() => job.ResultAsync(Cancel));
        Assert.Contains(RemoteStub.DigestOf("two").Value, error.Message);
        Assert.Contains(RemoteStub.DigestOf("owt").Value, error.Message);
        Assert.Contains(job.Record.Progress!, phase => phase is { Code: "sync.downloading.artifacts", State: "failed" });
        Assert.Empty(Storage.Repository("iso").Versions.Numbers);

        _remote.Put("2.iso", "two");
        Assert.Equal(1, (await (await SyncAsync("iso")).ResultAsync(Cancel)).Version);
    }

    [Fact]
    public async Task A_canceled_sync_leaves_no_version_and_the_repository_to_the_next()
    {
        var sending = new TaskCompletionSource();
        _remote.BeforeSending = async (_, context) =>
        {
            sending.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        };
        var job = await SyncAsync("iso");
        await sending.Task.WaitAsync(Cancel);
        var next = await SyncAsync("iso");
        Assert.Equal("reservation", Assert.Single((await next.WhyAsync(Cancel)).Causes).Kind);

        _remote.BeforeSending = (_, _) => Task.CompletedTask;
        await job.CancelAsync(Cancel);
        Assert.Equal(JobState.Canceled, (await job.WaitAsync(Cancel)).State);
        Assert.Equal(1, (await next.ResultAsync(Cancel)).Version);
        Assert.Equal([1], Storage.Repository("iso").Versions.Numbers);
    }

    [Fact]
    public async Task Syncs_of_one_repository_take_turns_and_those_of_two_share_a_remote()
    {
        var waiting = 0;
        var together = new TaskCompletionSource();
        _remote.BeforeSending = (path, _) =>
        {
            // Two repositories download one file each before either goes on; a third sync at once would be one too many.
            if (path == "1.iso" && Interlocked.Increment(ref waiting) == 2)
                together.SetResult();
            return together.Task;
        };
        Job[] jobs = [await SyncAsync("a"), await SyncAsync("b"), await SyncAsync("a"), await SyncAsync("b")];
        foreach (var job in jobs)
            Assert.Equal(JobState.Completed, (await job.WaitAsync(Cancel)).State);
        Assert.Equal(4, Storage.Journal.Entries.Count);
        Assert.Empty(Journal.Clashes(Storage.Journal.Entries));
        Assert.True(Storage.Journal.Entries[0].Overlaps(Storage.Journal.Entries[1]));
    }

    [Fact]
    public async Task The_call_of_the_original_system_syncs_and_a_publish_waits_for_it()
    {
        var sync = await Jobs.EnqueueWithReservationAsync(
            Repositories.SyncAsync, ["repository:iso", "remote:iso"], args: ["iso", _remote.Url], kwargs: new() { ["mirror"] = true }, cancellationToken: Cancel);
        var publish = await Jobs.EnqueueAsync(
            (Publisher publisher) => publisher.PublishAsync("iso", "stable", null, default, default),
            new() { Exclusive = ["distribution:stable"], Shared = ["repository:iso"] }, Cancel);

        Assert.Equal(1, (await sync.ResultAsync<SyncResult>(Cancel)).Version);
        Assert.Equal(new PublishResult("publication:stable/1", 1, 2, Path.Combine("publications", "stable", "1")), await publish.ResultAsync(Cancel));
        Assert.Equal(["publication:stable/1"], publish.Record.Created);
    }

    [Fact]
    public void A_worker_that_loads_the_assembly_is_told_where_the_storage_is()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        Assert.Contains("FileRepository__Root", Assert.Throws<InvalidOperationException>(() => DibsStartup.Configure(builder)).Message);

        builder.Configuration["FileRepository:Root"] = _directory.Path;
        DibsStartup.Configure(builder);
        using var host = builder.Build();
        Assert.Equal(_directory.Path, host.Services.GetRequiredService<Storage>().Root);
    }

    private Task<Job<SyncResult>> SyncAsync(string repository)
    {
        var url = _remote.Url;
        return Jobs.EnqueueAsync(
            () => Repositories.SyncAsync(repository, url, default!, false, default, default),
            new() { Exclusive = [$"repository:{repository}"], Shared = ["remote:iso"] }, Cancel);
    }
}
