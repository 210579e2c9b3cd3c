using Dibs;
using Spectre.Console;

namespace FileRepository.Demo;

/// <summary>The picture of a moment: a line per job with its bar, and a line per resource. Its height does not change from one moment to the next.</summary>
internal sealed class Board(int width, int height)
{
    private const int SecondsWidth = 7;
    private const int MarkWidth = 2;

    // Room for " 100/100 Downloading Artifacts"; the bar has the rest.
    private const int PhaseWidth = 30;

    // Heading, two empty lines, and one below for the cursor.
    private const int FrameHeight = 4;

    /// <summary>Lines of markup: at most so many as there are rows, none longer than there are columns.</summary>
    public IReadOnlyList<string> Draw(IReadOnlyList<JobRecord> jobs, DateTimeOffset now)
    {
        var resources = Resources(jobs);
        var final = jobs.Count(job => job.State.IsFinal());
        var running = jobs.Count(job => job.State.IsRunning());
        var heading = $"{final} of {jobs.Count} jobs done, {running} running, {jobs.Count - final - running} waiting";
        var labels = Math.Min(jobs.Max(job => job.Id.Length), width / 3);
        var lines = Visible(jobs, height - resources.Count - FrameHeight).Select(job => Line(job, labels, now));
        return [$"[bold]{heading}[/]", "", .. lines, "", .. resources];
    }

    /// <summary>All if they fit; else those that run, then those that are next, then what ended last, in the usual order.</summary>
    private static IEnumerable<JobRecord> Visible(IReadOnlyList<JobRecord> jobs, int rows)
    {
        var chosen = jobs
            .OrderBy(job => job.State.IsRunning() ? 0 : job.State.IsFinal() ? 2 : 1)
            .ThenByDescending(job => job.FinishedAt)
            .Take(Math.Max(rows, 1))
            .Select(job => job.Id)
            .ToHashSet();
        return jobs.Where(job => chosen.Contains(job.Id));
    }

    private string Line(JobRecord job, int labels, DateTimeOffset now)
    {
        var (mark, color) = Style(job.State);
        var label = $"[{color}]{mark}[/] {Markup.Escape(Screen.Fit(job.Id, labels))} ";
        var rest = width - MarkWidth - labels - 1;
        if (job.StartedAt is not { } started)
            return label + $"[grey]{Markup.Escape(Screen.Fit(Waiting(job), rest))}[/]";

        var time = Screen.Seconds((job.FinishedAt ?? now) - started).PadLeft(SecondsWidth);
        var body = rest - SecondsWidth - 1;
        return label + (job.State.IsFinal() ? Markup.Escape(Screen.Fit(Outcome.Of(job), body)) : Progress(job, body)) + $" [grey]{time}[/]";
    }

    private static string Progress(JobRecord job, int columns)
    {
        if (job.Progress is not [.., var last])
            return new string(' ', columns);
        var phase = job.Progress.LastOrDefault(phase => phase.State == "running") ?? last;
        var count = phase.Total is { } total ? $" {phase.Done}/{total}" : "";
        var bar = Math.Max(columns - PhaseWidth, columns / 3);
        var (filled, empty) = Screen.Bar(phase.Total is > 0 and var all ? (double)phase.Done / all : 0, bar);
        return $"[aqua]{filled}[/][grey]{empty}[/]{Markup.Escape(Screen.Fit($"{count} {phase.Message}", columns - bar))}";
    }

    private static string Waiting(JobRecord job)
    {
        var missing = job.Reservations?.Where(reservation => !reservation.Held).Select(reservation => reservation.Resource).ToList() ?? [];
        return job.State == JobState.Ready ? "waits for a slot" : $"waits for {string.Join(", ", missing)}";
    }

    /// <summary>Who has each resource, and how many wait for it; on a low screen only those in most demand.</summary>
    private List<string> Resources(IReadOnlyList<JobRecord> jobs)
    {
        var resources = jobs
            .SelectMany(job => job.Reservations ?? [], (job, claim) => (job.Id, Open: !job.State.IsFinal(), Claim: claim))
            .GroupBy(pair => pair.Claim.Resource, StringComparer.Ordinal)
            .Select(group => (Name: group.Key, Claims: group.Where(pair => pair.Open).ToList()))
            .OrderByDescending(resource => resource.Claims.Count)
            .Take(height / 3)
            .OrderByDescending(resource => resource.Name, StringComparer.Ordinal)
            .ToList();
        var labels = Math.Min(resources.Max(resource => resource.Name.Length), width / 3);
        return [.. resources.Select(resource =>
        {
            var holders = resource.Claims.Where(pair => pair.Claim.Held).ToList();
            var waiting = resource.Claims.Count - holders.Count;
            var has = holders switch
            {
                [] => "free",
                [{ Claim.Mode: ReservationMode.Exclusive } owner] => $"{owner.Id} has it",
                _ => $"shared by {string.Join(", ", holders.Select(holder => holder.Id))}",
            };
            var text = Screen.Fit(waiting > 0 ? $"{has}, {waiting} waiting" : has, width - labels - MarkWidth - 1);
            return $"  [teal]{Markup.Escape(Screen.Fit(resource.Name, labels))}[/] [{(holders.Count > 0 ? "default" : "grey")}]{Markup.Escape(text)}[/]";
        })];
    }

    private static (char Mark, string Color) Style(JobState state) => state switch
    {
        JobState.Scheduled or JobState.Blocked or JobState.Ready => ('○', "grey"),
        JobState.Running or JobState.Canceling => ('●', "aqua"),
        JobState.Completed => ('✓', "green"),
        JobState.Failed => ('✗', "red"),
        JobState.Canceled => ('–', "yellow"),
    };
}
