using Dibs;
using FileRepository.Storing;

namespace FileRepository.Demo;

/// <summary>Who used a resource, in order: those that overlapped stand side by side.</summary>
internal static class Turns
{
    /// <summary>What the store says of jobs that have ended, as calls: each touches what it reserved.</summary>
    public static IReadOnlyList<JournalEntry> CallsOf(IReadOnlyList<JobRecord> jobs) =>
        [.. jobs.Where(job => job.StartedAt is not null).Select(job => CallOf(job, jobs[0].CreatedAt))];

    private static JournalEntry CallOf(JobRecord job, DateTimeOffset origin) => new(
        job.Id,
        [.. (job.Reservations ?? []).Select(claim => new Touch(claim.Resource, claim.Mode == ReservationMode.Exclusive))],
        job.StartedAt!.Value - origin,
        job.FinishedAt!.Value - origin);

    /// <summary>The callers that touched the resource, in groups that overlapped, by start.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> Of(string resource, IEnumerable<JournalEntry> entries)
    {
        var groups = new List<List<JournalEntry>>();
        foreach (var entry in entries.Where(entry => entry.Touches.Any(touch => touch.Resource == resource)).OrderBy(entry => entry.Start))
        {
            if (groups is [.., var last] && last.Any(entry.Overlaps))
                last.Add(entry);
            else
                groups.Add([entry]);
        }
        return [.. groups.Select(group => (IReadOnlyList<string>)[.. group.Select(entry => entry.Caller)])];
    }

    /// <summary>Lines such as <c>repository:a  sync → publish ∥ publish → sync</c>.</summary>
    public static IEnumerable<string> Draw(string resource, IReadOnlyList<IReadOnlyList<string>> turns, int labels, int width)
    {
        var words = turns.Select((group, index) => (index > 0 ? "→ " : "") + string.Join(" ∥ ", group));
        return Screen.Wrap([resource.PadRight(labels), .. words], width, labels + 1);
    }
}
