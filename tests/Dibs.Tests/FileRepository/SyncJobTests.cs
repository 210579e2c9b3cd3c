using FileRepository;
using FileRepository.Storing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Dibs.Tests.FileRepository;

/// <summary>The file repository as jobs of a worker, as an application would run it.</summary>
public sealed class SyncJobTests : FileRepositoryTests
{
    private IHost _host = null!;

    private IJobClient Jobs => _host.Services.GetRequiredService<IJobClient>();

    private IReadOnlyList<JournalEntry> Calls => _host.Services.GetRequiredService<Journal>().Entries;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Remote.Add("1.iso", "one");
        Remote.Add("2.iso", "two");
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddFileRepository(Root).AddSingleton<Journal>();
        builder.Services.AddDibs(dibs => dibs.UseMemory().AddMethodsFrom(typeof(Repositories).Assembly));
        builder.Services.AddDibsWorker(worker => worker.Slots = 4);
        _host = builder.Build();
        await _host.StartAsync(Cancel);
    }

    public override async ValueTask DisposeAsync()
    {
        await _host.StopAsync(Cancel);
        _host.Dispose();
        await base.DisposeAsync();
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
        Remote.Put("2.iso", "owt");
        var job = await SyncAsync("iso");
        var error = await Assert.ThrowsAsync<JobFailedException>(() => job.ResultAsync(Cancel));
        Assert.Contains(RemoteStub.DigestOf("two").Value, error.Message);
        Assert.Contains(RemoteStub.DigestOf("owt").Value, error.Message);
        Assert.Contains(job.Record.Progress!, phase => phase is { Code: "sync.downloading.artifacts", State: "failed" });
        Assert.Empty(Storage.Repository("iso").Versions.Numbers);

        Remote.Put("2.iso", "two");
        Assert.Equal(1, (await (await SyncAsync("iso")).ResultAsync(Cancel)).Version);
    }

    [Fact]
    public async Task A_canceled_sync_leaves_no_version_and_the_repository_to_the_next()
    {
        var sending = new TaskCompletionSource();
        Remote.BeforeSending = async (_, context) =>
        {
            sending.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        };
        var job = await SyncAsync("iso");
        await sending.Task.WaitAsync(Cancel);
        var next = await SyncAsync("iso");
        Assert.Equal("reservation", Assert.Single((await next.WhyAsync(Cancel)).Causes).Kind);

        Remote.BeforeSending = (_, _) => Task.CompletedTask;
        await job.CancelAsync(Cancel);
        Assert.Equal(JobState.Canceled, (await job.WaitAsync(Cancel)).State);
        Assert.Equal(1, (await next.ResultAsync(Cancel)).Version);
        Assert.Equal([1], Storage.Repository("iso").Versions.Numbers);
    }

    [Fact]
    public async Task Syncs_of_one_repository_take_turns_and_those_of_two_share_aRemote()
    {
        var waiting = 0;
        var together = new TaskCompletionSource();
        Remote.BeforeSending = (path, _) =>
        {
            // Two repositories download one file each before either goes on; a third sync at once would be one too many.
            if (path == "1.iso" && Interlocked.Increment(ref waiting) == 2)
                together.SetResult();
            return together.Task;
        };
        Job[] jobs = [await SyncAsync("a"), await SyncAsync("b"), await SyncAsync("a"), await SyncAsync("b")];
        foreach (var job in jobs)
            Assert.Equal(JobState.Completed, (await job.WaitAsync(Cancel)).State);
        Assert.Equal(4, Calls.Count);
        Assert.Empty(Journal.Clashes(Calls));
        Assert.True(Calls[0].Overlaps(Calls[1]));
    }

    [Fact]
    public async Task The_call_of_the_original_system_syncs_and_a_publish_waits_for_it()
    {
        var sync = await Jobs.EnqueueWithReservationAsync(
            Repositories.SyncAsync, ["repository:iso", "remote:iso"], args: ["iso", Remote.Url], kwargs: new() { ["mirror"] = true }, cancellationToken: Cancel);
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

        builder.Configuration["FileRepository:Root"] = Root;
        DibsStartup.Configure(builder);
        using var host = builder.Build();
        Assert.Equal(Root, host.Services.GetRequiredService<Storage>().Root);
    }

    private Task<Job<SyncResult>> SyncAsync(string repository)
    {
        var url = Remote.Url;
        return Jobs.EnqueueAsync(
            () => Repositories.SyncAsync(repository, url, default!, false, default, default),
            new() { Exclusive = [$"repository:{repository}"], Shared = ["remote:iso"] }, Cancel);
    }
}
