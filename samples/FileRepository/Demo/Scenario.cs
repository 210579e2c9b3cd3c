using Dibs;

namespace FileRepository.Demo;

/// <summary>
/// The jobs of the demo. All of them are enqueued at once; nothing but their reservations decides which run side by side
/// and which take turns.
/// </summary>
internal sealed class Scenario(IJobClient jobs, Remotes remotes)
{
    /// <summary>The sync that reads a manifest with a wrong digest, and so must fail.</summary>
    public const string Corrupted = "sync-runtime-3";

    private static readonly string[] _repositories = ["runtime", "aspnet", "sdk"];

    private readonly Dictionary<string, int> _numbers = [];
    private readonly List<Job> _jobs = [];
    private readonly List<(Job<PublishResult> Job, string Release)> _publishes = [];

    /// <summary>All jobs, in the order in which they were enqueued.</summary>
    public IReadOnlyList<Job> Jobs => _jobs;

    /// <summary>The publishes, each with the release whose files it must show.</summary>
    public IReadOnlyList<(Job<PublishResult> Job, string Release)> Publishes => _publishes;

    public async Task EnqueueAsync()
    {
        foreach (var repository in _repositories)
            await FirstSyncAsync(repository);
        foreach (var repository in _repositories)
        {
            await PublishAsync(repository, "stable", "first");
            await PublishAsync(repository, "edge", "first");
        }
        foreach (var repository in _repositories)
            await SyncAsync(repository);

        await OfferAsync("sdk", "second");
        await OfferAsync("runtime", "corrupted");
        await SyncAsync("sdk");
        await SyncAsync("runtime");
        await PublishAsync("sdk", "stable", "second");
        await PublishAsync("runtime", "stable", "first");

        await OfferAsync("runtime", "second");
        await SyncAsync("runtime");
        await PublishAsync("runtime", "edge", "second");
    }

    /// <summary>Two publishes under one name, for when no worker is left to run them: something to look at afterwards. Returns the one that waits for the other.</summary>
    public async Task<Job> LeaveTwoAsync()
    {
        await PublishAsync("sdk", "edge", "second");
        return await PublishAsync("sdk", "edge", "second");
    }

    /// <summary>The call that the original system had: any static method, and what it has for itself while it runs.</summary>
    private async Task FirstSyncAsync(string repository) => _jobs.Add(await jobs.EnqueueWithReservationAsync(
        Repositories.SyncAsync,
        [$"repository:{repository}", $"remote:{repository}"],
        args: [repository, remotes.UrlOf(repository)],
        kwargs: new() { ["mirror"] = true },
        options: new() { Id = Next($"sync-{repository}") }));

    /// <summary>The same as an expression, which the compiler checks; a remote can be shared by the syncs of several repositories.</summary>
    private async Task SyncAsync(string repository)
    {
        var url = remotes.UrlOf(repository);
        _jobs.Add(await jobs.EnqueueAsync(() => Repositories.SyncAsync(repository, url, default!, true, default, default), new()
        {
            Id = Next($"sync-{repository}"),
            Exclusive = [$"repository:{repository}"],
            Shared = [$"remote:{repository}"],
        }));
    }

    /// <summary>Publishes of one repository run side by side, but never beside a sync of it, nor two under one name.</summary>
    private async Task<Job<PublishResult>> PublishAsync(string repository, string channel, string release)
    {
        var distribution = $"{repository}-{channel}";
        var job = await jobs.EnqueueAsync((Publisher publisher) => publisher.PublishAsync(repository, distribution, null, default, default), new()
        {
            Id = Next($"publish-{distribution}"),
            Exclusive = [$"distribution:{distribution}"],
            Shared = [$"repository:{repository}"],
        });
        _jobs.Add(job);
        _publishes.Add((job, $"{repository}/{release}"));
        return job;
    }

    /// <summary>The remote changes: not while anybody reads it.</summary>
    private async Task OfferAsync(string remote, string release) => _jobs.Add(await jobs.EnqueueAsync(
        (Remotes others) => others.Offer(remote, release, default),
        new() { Id = Next($"change-{remote}"), Exclusive = [$"remote:{remote}"] }));

    private string Next(string name) => $"{name}-{_numbers[name] = _numbers.GetValueOrDefault(name) + 1}";
}
