using System.Text.Json;
using System.Text.Json.Serialization;
using Dibs.Stores;

namespace Dibs.Tests.Support;

/// <summary>Everything that can be read from a store, one line of text per job, answer of why, queue, worker and resource.</summary>
public static class StoreSnapshot
{
    private const SurveyParts AllParts = SurveyParts.Queues | SurveyParts.Workers | SurveyParts.Resources;

    private static readonly JsonSerializerOptions Json = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>The lines of a store as it is now.</summary>
    /// <param name="store">The store.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <param name="mostWhys">Waiting jobs that are asked why, the newest first.</param>
    public static async Task<IReadOnlyList<string>> ReadAsync(IJobStore store, CancellationToken cancellationToken, int mostWhys = int.MaxValue)
    {
        var jobs = await ReadJobsAsync(store, cancellationToken);
        var survey = await store.SurveyAsync(AllParts, cancellationToken);
        var lines = new List<string>(jobs.Count * 2)
        {
            $"store: now {survey.Now:O}, ticket {survey.Ticket}, pending {survey.Pending}",
        };
        lines.AddRange(jobs.Select(job => $"job {job.Record.Id}: {Text(job)}"));
        foreach (var job in jobs.Where(job => !job.Record.State.IsFinal()).Take(mostWhys))
            lines.Add($"why {job.Record.Id}: {Text(await store.WhyAsync(job.Record.Id, cancellationToken))}");
        lines.AddRange(survey.Queues.Select(queue => $"queue {queue.Name}: {Text(Sorted(queue))}"));
        lines.AddRange(survey.Workers.Select(worker => $"worker {worker.Registration.Incarnation}: {Text(worker)}"));
        lines.AddRange(survey.Resources.Select(resource => $"resource {resource.Name}: {Text(resource)}"));
        return lines;
    }

    /// <summary>A reply or a part of a snapshot as text: equal content, equal text.</summary>
    public static string Text(object? value) => JsonSerializer.Serialize(value, Json);

    private static async Task<List<StoredJob>> ReadJobsAsync(IJobStore store, CancellationToken cancellationToken)
    {
        var jobs = new List<StoredJob>();
        string? cursor = null;
        do
        {
            var query = new JobQuery { Limit = Limits.PageSize, Cursor = cursor, Parts = JobParts.Details | JobParts.Logs };
            var page = await store.ListAsync(query, cancellationToken);
            jobs.AddRange(page.Jobs);
            cursor = page.Next;
        }
        while (cursor is not null);
        return jobs;
    }

    private static object Sorted(QueueRecord queue) => new
    {
        Counts = queue.Counts.OrderBy(count => count.Key).Select(count => $"{count.Key.ToText()} {count.Value}"),
        queue.Workers,
        queue.OldestReadyAt,
    };
}
