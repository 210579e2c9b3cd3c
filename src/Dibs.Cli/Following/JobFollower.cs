using System.Runtime.CompilerServices;
using System.Text.Json;
using Dibs.Cli.Commands;
using Dibs.Cli.Output;
using Dibs.Jobs;
using Dibs.Stores;

namespace Dibs.Cli.Following;

/// <summary>A job as it was seen, with what is new in its log, and why it does not run yet, if that is asked.</summary>
internal sealed record Sighting(JobRecord Job, string Json, IReadOnlyList<LogLine> NewLines, string? Wait);

/// <summary>Watches one job until it is final.</summary>
/// <param name="store">The store, opened.</param>
/// <param name="poll">How often to look for progress; the end itself wakes at once.</param>
/// <param name="everyLook">Report each look, for a picture in which time goes on; else only what changed.</param>
/// <param name="wait">Whom to ask at each look why the job does not run yet; nobody if null.</param>
internal sealed class JobFollower(IJobStore store, TimeSpan poll, bool everyLook = false, WaitWatcher? wait = null)
{
    /// <summary>The sightings in their order; the last one is final.</summary>
    /// <exception cref="JobConflictException">There is no such job, or no longer.</exception>
    public async IAsyncEnumerable<Sighting> WatchAsync(string id, JobParts parts, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var wake = store.Listen(new WakeFilter { JobId = id });
        string? seen = null;
        var attempt = 0;
        var lines = 0;
        while (true)
        {
            var found = await store.GetAsync([id], parts | JobParts.Details, cancellationToken);
            var stored = found is [var one] ? one : throw Unknown.Job(id);
            var job = stored.ToRecord();
            var json = JsonSerializer.Serialize(job, CliJson.Shared.JobRecord);
            if (job.Attempt is { } now && now != attempt)
                (attempt, lines) = (now, 0);
            var news = stored.Lines.Skip(lines).ToArray();
            lines += news.Length;
            var waits = wait is null ? null : await wait.LookAsync(job, cancellationToken);
            if (everyLook || json != seen || news.Length > 0)
                yield return new Sighting(job, seen = json, news, waits);
            if (job.State.IsFinal())
                yield break;
            await wake.WaitAsync(poll, cancellationToken);
        }
    }
}
