using Dibs.Cli.Frame;
using Dibs.Cli.Output;
using Dibs.Stores;

namespace Dibs.Cli.Commands;

/// <summary><c>dibs queues</c>: jobs by queue and state.</summary>
internal sealed class QueuesVerb() : Verb("queues", "", "List queues with their jobs by state.", "dibs queues")
{
    // What waits and what runs is what one looks for; the final states come last and only where there is room.
    private static readonly (JobState State, int From)[] Shown =
    [
        (JobState.Ready, 0), (JobState.Running, 0), (JobState.Blocked, 0), (JobState.Scheduled, 0), (JobState.Canceling, 140),
        (JobState.Failed, 0), (JobState.Completed, 100), (JobState.Canceled, 100),
    ];

    public override async Task<int> RunAsync(Invocation run)
    {
        run.NoOperandsAfter(0);
        var store = await run.OpenStoreAsync();
        var survey = await store.SurveyAsync(SurveyParts.Queues, run.Stopping);
        if (run.Json)
            JsonOutput.Write(run.Terminal.Out, new ItemsDocument<QueueItem>([.. survey.Queues.Select(QueueItem.Of)]), CliJson.Shared.ItemsDocumentQueueItem);
        else
            run.Write(run.Quiet ? Names(survey) : Table(run, survey), "no queues: no job is stored and no worker lives");
        return ExitCode.Done;
    }

    private static Listing Names(Survey survey)
    {
        var names = new Listing(new Column("queue"));
        foreach (var queue in survey.Queues)
            names.Add(queue.Name);
        return names;
    }

    private static Listing Table(Invocation run, Survey survey)
    {
        var table = new Listing([new("queue"), .. Shown.Select(shown => new Column(shown.State.ToText(), Right: true, shown.From)), new("workers", Right: true), new("oldest", Right: true)]);
        foreach (var queue in survey.Queues)
        {
            table.Add([
                queue.Name,
                .. Shown.Select(shown => queue.Counts.GetValueOrDefault(shown.State) is > 0 and var count ? new Cell($"{count}", Styles.Of(shown.State)) : new Cell("0", Styles.Faint)),
                queue.Workers,
                queue.OldestReadyAt is { } oldest ? JobText.Age(oldest, run.Terminal.Time) : null]);
        }
        return table;
    }
}
