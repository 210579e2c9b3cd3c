using Dibs;
using Spectre.Console;

namespace FileRepository.Demo;

/// <summary>What is printed at the end.</summary>
internal sealed class Summary(IAnsiConsole console)
{
    private readonly int _width = console.Profile.Width;

    /// <summary>Bars by repository, then by start.</summary>
    public void Timeline(IReadOnlyList<JobRecord> jobs)
    {
        var origin = jobs.Min(job => job.CreatedAt);
        var bars = jobs.OrderBy(Place).ThenBy(job => job.StartedAt)
            .Select(job => new TimelineBar(
                job.Id,
                (job.AdmittedAt ?? job.CreatedAt) - origin,
                (job.StartedAt ?? origin) - origin,
                (job.FinishedAt ?? origin) - origin,
                job.State == JobState.Completed ? "green" : "red"));
        Heading("What ran when", "· waits for its turn   █ runs");
        Lines(Demo.Timeline.Draw([.. bars], _width));
    }

    /// <summary>For each resource: who had it, in order.</summary>
    public void Turns(IReadOnlyList<JobRecord> jobs)
    {
        var calls = Demo.Turns.CallsOf(jobs);
        var resources = calls.SelectMany(call => call.Touches).Select(touch => touch.Resource).Distinct()
            .Where(resource => !resource.StartsWith("distribution:", StringComparison.Ordinal)).OrderDescending(StringComparer.Ordinal).ToList();
        var labels = resources.Max(resource => resource.Length);
        Heading("Who took turns on what", "→ then   ∥ side by side");
        foreach (var resource in resources)
            Lines(Demo.Turns.Draw(resource, Demo.Turns.Of(resource, calls), labels, _width).Select(Markup.Escape));
    }

    public void Findings(IReadOnlyList<Finding> findings)
    {
        Heading("What was checked", "");
        foreach (var finding in findings)
        {
            var (mark, color) = finding.Good ? ('✓', "green") : ('✗', "red");
            var title = $"{finding.Title}:";
            var lines = Screen.Wrap(finding.Text.Split(' '), _width - 4, indent: 0).Select(line => $"    {Markup.Escape(line)}");
            Lines([$"  [{color}]{mark}[/] [bold]{Markup.Escape(title)}[/]", .. lines]);
        }
    }

    /// <summary>Where everything is, and what to look at next.</summary>
    public void Next(string files, DemoStore store, Job waiting)
    {
        Heading("Where it is", "");
        var width = Math.Max(files.Length, store.Place.Length);
        Lines([$"  {Markup.Escape(files.PadRight(width))}   artifacts, repositories, publications", $"  {Markup.Escape(store.Place.PadRight(width))}   the jobs; they stay until you remove them"]);
        Heading("Try next", "two publishes under one name were left in the store, and no worker");
        string[] commands = [$"job {Scenario.Corrupted}", $"why {waiting.Id}", "resources"];
        // Not wrapped: they are there to be copied.
        foreach (var command in commands)
            console.Profile.Out.Writer.WriteLine($"  ./dibs {command} {store.Options}");
    }

    private void Heading(string title, string legend) => Lines(["", $"[bold]{Markup.Escape(title)}[/]{(legend.Length > 0 ? $"   [grey]{Markup.Escape(legend)}[/]" : "")}"]);

    private void Lines(IEnumerable<string> markup)
    {
        foreach (var line in markup)
            console.MarkupLine(line);
    }

    private static string Place(JobRecord job) => job.Id.Split('-')[1];
}
