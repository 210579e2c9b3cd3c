using System.Text.Json.Serialization.Metadata;
using Dibs.Cli.Input;
using Dibs.Cli.Output;
using Dibs.Stores;

namespace Dibs.Cli.Commands;

/// <summary><c>dibs workers</c>: who lives and what it runs.</summary>
internal sealed class WorkersVerb() : SurveyVerb<WorkerItem>(
    "workers", "List live workers and what they run.", SurveyParts.Workers, "no live workers; start one with dibs worker")
{
    protected override JsonTypeInfo<ItemsDocument<WorkerItem>> JsonType => CliJson.Shared.ItemsDocumentWorkerItem;

    protected override IEnumerable<WorkerItem> Items(Survey survey) => survey.Workers.Select(WorkerItem.Of);

    protected override Listing Table(IReadOnlyList<WorkerItem> items, TimeProvider time)
    {
        var table = new Listing(
            new("worker"), new("busy", Right: true), new("queues", Cut: true), new("up", Right: true), new("beat", Right: true),
            new("lease", Right: true, From: 120), new("pid", Right: true, From: 120), new("host", From: 140), new("jobs", From: 100));
        foreach (var worker in items)
        {
            table.Add(
                worker.Name, $"{worker.Jobs.Count}/{worker.Slots}", string.Join(' ', worker.Queues), JobText.Age(worker.StartedAt, time),
                JobText.Age(worker.BeatAt, time), DurationText.Format(worker.Lease), worker.Pid, worker.Host, string.Join(' ', worker.Jobs));
        }
        return table;
    }
}
