using System.Text.Json.Serialization.Metadata;
using Dibs.Cli.Output;
using Dibs.Stores;

namespace Dibs.Cli.Commands;

/// <summary><c>dibs queues</c>: jobs by queue and state.</summary>
internal sealed class QueuesVerb() : SurveyVerb<QueueItem>(
    "queues", "List queues with their jobs by state.", SurveyParts.Queues, "no queues: no job is stored and no worker lives")
{
    // What waits and what runs is what one looks for; the other states are shown only where there is room.
    private static readonly (JobState State, int From)[] Shown =
    [
        (JobState.Ready, 0), (JobState.Running, 0), (JobState.Blocked, 0), (JobState.Scheduled, 0), (JobState.Canceling, 140),
        (JobState.Failed, 0), (JobState.Completed, 100), (JobState.Canceled, 100),
    ];

    protected override JsonTypeInfo<ItemsDocument<QueueItem>> JsonType => CliJson.Shared.ItemsDocumentQueueItem;

    protected override IEnumerable<QueueItem> Items(Survey survey) => survey.Queues.Select(QueueItem.Of);

    protected override Listing Table(IReadOnlyList<QueueItem> items, TimeProvider time)
    {
        var table = new Listing([new("queue"), .. Shown.Select(shown => new Column(shown.State.ToText(), Right: true, shown.From)), new("workers", Right: true), new("oldest", Right: true)]);
        foreach (var queue in items)
            table.Add([queue.Name, .. Shown.Select(shown => Count(queue, shown.State)), queue.Workers, queue.OldestReadyAt is { } oldest ? JobText.Age(oldest, time) : null]);
        return table;
    }

    private static Cell Count(QueueItem queue, JobState state) =>
        queue.Counts.GetValueOrDefault(state.ToText()) is > 0 and var count ? new Cell($"{count}", Styles.Of(state)) : new Cell("0", Styles.Faint);
}
