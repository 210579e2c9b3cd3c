using System.Diagnostics;
using Dibs.Clients;
using Dibs.Sqlite;
using Dibs.Tests.Cli;
using Dibs.Tests.Support;
using FileRepository;
using FileRepository.Manifests;
using FileRepository.Storing;

namespace Dibs.Tests.FileRepository;

/// <summary>A worker that dies in the middle of a sync or a publish leaves nothing half, and the next sync goes on.</summary>
public sealed class KilledWorkerTests : FileRepositoryTests
{
    private const int Kills = 12;
    private const int FilesEach = 30;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly HashSet<string> _offered = [];

    [Fact]
    public async Task A_storage_cut_off_at_any_request_is_good_for_the_next_sync()
    {
        // One download at a time: while it is asked for, nothing else changes, so that a copy is what a kill would leave.
        Storage = new Storage(Path.Combine(Root, "whole"), new SyncLimits { Downloads = 1 });
        Offer(round: 1, files: 3);
        await SyncAsync(Storage);
        Offer(round: 2, files: 3);
        var copies = new List<string>();
        Remote.BeforeSending = (_, _) =>
        {
            copies.Add(Path.Combine(Root, $"copy-{copies.Count}"));
            return CopyAsync(Storage.Root, copies[^1]);
        };
        await SyncAsync(Storage);
        Assert.Equal(3, copies.Count);

        Remote.BeforeSending = (_, _) => Task.CompletedTask;
        foreach (var (found, copy) in copies.Select((copy, index) => (index, new Storage(copy))))
        {
            Assert.NotEmpty(Incomplete(copy.Root));
            Assert.Equal([1], copy.Repository("iso").Versions.Numbers);
            await AssertNothingHalfAsync(copy);
            Assert.Equal((2, 3 - found), await SyncAsync(copy) is var next ? (next.Version, next.Downloaded) : default);
            Assert.Empty(Incomplete(copy.Root));
            await AssertNothingHalfAsync(copy);
        }
    }

    [Fact, Trait("Duration", "long")]
    public async Task Workers_killed_at_random_points_leave_nothing_half_and_the_next_sync_works()
    {
        var random = new Random(RandomTrials.FirstSeed());
        using var cli = new CliProcess();
        cli.Variables["FileRepository__Root"] = Root;
        await using var store = new SqliteJobStore(cli.File("jobs.db"), "default");
        await store.OpenAsync(Cancel);
        var jobs = new JobClient(new StoreGate(store), catalog: null, TimeProvider.System);

        for (var round = 1; round <= Kills; round++)
        {
            Offer(round, FilesEach);
            using var worker = Work(cli);
            // Past the last request lie the new version, its record, and the publication.
            var killAt = random.Next(1, 2 * FilesEach);
            var killed = new TaskCompletionSource();
            var requests = 0;
            Remote.BeforeSending = async (_, _) =>
            {
                var request = Interlocked.Increment(ref requests);
                if (request == Math.Min(killAt, FilesEach))
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(killAt < FilesEach ? 0 : random.Next(150)), TimeProvider.System);
                    worker.Kill();
                    killed.TrySetResult();
                }
            };
            await EnqueueAsync(jobs, round);
            await killed.Task.WaitAsync(Patience, Cancel);
            await worker.WaitForExitAsync(Cancel);
            await AssertNothingHalfAsync(Storage);
        }

        Remote.BeforeSending = (_, _) => Task.CompletedTask;
        Offer(Kills + 1, FilesEach);
        using var last = Work(cli);
        foreach (var job in await EnqueueAsync(jobs, Kills + 1))
            Assert.Equal(JobState.Completed, (await job.WaitAsync(Cancel).WaitAsync(Patience, Cancel)).State);
        last.Kill();
        await last.WaitForExitAsync(Cancel);
        Assert.Empty(Incomplete(Root));
        await AssertNothingHalfAsync(Storage);
        var stable = Storage.Distribution("stable");
        Assert.Equal(Remote.Manifest, await File.ReadAllTextAsync(Path.Combine(stable.PathOf(stable.Latest), Manifest.FileName), Cancel));
    }

    /// <summary>In its own process, so that the kill is the end of the job too, at that very point.</summary>
    private static Process Work(CliProcess cli) =>
        cli.Start("worker", "--app", CliProcess.App("FileRepository"), "--isolation", "none", "--lease", "3s", "--slots", "2", "--quiet");

    private async Task<IReadOnlyList<Job>> EnqueueAsync(JobClient jobs, int round) => await jobs.EnqueueManyAsync(
        [
            JobRequest.Method("FileRepository.Repositories.SyncAsync", ["iso", Remote.Url, true], options: new() { Id = $"sync-{round}", Exclusive = ["repository:iso"] }),
            JobRequest.Method("FileRepository.Publisher.PublishAsync", ["iso", "stable"], options: new() { Id = $"publish-{round}", Exclusive = ["distribution:stable"], Shared = ["repository:iso"] }),
        ],
        Cancel);

    private Task<SyncResult> SyncAsync(Storage storage) => Repositories.SyncAsync("iso", Remote.Url, storage, mirror: true, cancellationToken: Cancel);

    /// <summary>From now on the remote has other files.</summary>
    private void Offer(int round, int files)
    {
        Remote.Manifest = "";
        for (var file = 1; file <= files; file++)
            Remote.Add($"{file}.iso", $"{file} of round {round}");
        _offered.Add(Remote.Manifest);
    }

    /// <summary>Each version and each publication is one that the remote offered, with every byte of it.</summary>
    private async Task AssertNothingHalfAsync(Storage storage)
    {
        var versions = storage.Repository("iso").Versions;
        foreach (var version in versions.Numbers.Select(versions.PathOf))
        {
            foreach (var entry in await ReadAsync(version))
                await storage.Artifacts.VerifyAsync(entry.Digest, Cancel);
        }
        var publications = storage.Distribution("stable");
        foreach (var publication in publications.Numbers.Select(publications.PathOf))
        {
            foreach (var entry in await ReadAsync(publication))
                Assert.Equal(entry.Digest, await Digest.OfFileAsync(Path.Combine(publication, entry.Path.Value), Cancel));
        }
    }

    private async Task<IReadOnlyList<ManifestEntry>> ReadAsync(string directory)
    {
        var text = await File.ReadAllBytesAsync(Path.Combine(directory, Manifest.FileName), Cancel);
        Assert.Contains(System.Text.Encoding.UTF8.GetString(text), _offered);
        return Manifest.Parse(text, SyncLimits.Default);
    }

    private static IEnumerable<string> Incomplete(string root) => Directory.EnumerateDirectories(root, "*.incomplete", SearchOption.AllDirectories);

    /// <summary>By a program, because .NET does not read what it has open for itself alone.</summary>
    private static async Task CopyAsync(string from, string to)
    {
        using var copy = Process.Start("cp", ["-a", from, to]);
        await copy.WaitForExitAsync(Cancel);
        Assert.Equal(0, copy.ExitCode);
    }
}
