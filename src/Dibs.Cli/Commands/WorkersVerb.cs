using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using Dibs.Cli.Frame;
using Dibs.Cli.Input;
using Dibs.Cli.Output;
using Dibs.Stores;

namespace Dibs.Cli.Commands;

/// <summary><c>dibs workers</c>: who lives and what it runs; <c>dibs workers quiet|stop NAME</c>: asks something of them.</summary>
internal sealed class WorkersVerb : SurveyVerb<WorkerItem>
{
    private static readonly string[] Requests = ["quiet", "stop"];

    public WorkersVerb() : base(
        "workers", "List live workers and what they run. 'quiet' asks those of a name to claim nothing more, 'stop' to drain and end.",
        SurveyParts.Workers, "no live workers; start one with dibs worker", "[quiet|stop NAME…]") => Offer(Requests);

    protected override JsonTypeInfo<ItemsDocument<WorkerItem>> JsonType => CliJson.Shared.ItemsDocumentWorkerItem;

    public override Task<int> RunAsync(Invocation run) => run.Operands switch
    {
        [] => base.RunAsync(run),
        ["quiet", ..] => AskAsync(run, ChangeKind.QuietWorker),
        ["stop", ..] => AskAsync(run, ChangeKind.StopWorker),
        [var word, ..] => throw new UsageException($"'{word}' is nothing that can be asked of workers{OptionText.Meant(word, Requests)}; write dibs workers quiet NAME, or dibs workers stop NAME"),
    };

    protected override IEnumerable<WorkerItem> Items(Survey survey) => survey.Workers.Select(worker => WorkerItem.Of(worker, survey.Now));

    protected override Listing Table(IReadOnlyList<WorkerItem> items, TimeProvider time)
    {
        var table = new Listing(
            new("worker"), new("busy", Right: true), new("queues", Cut: true), new("up", Right: true), new("beat", Right: true), new("state"), new("overdue", Right: true),
            new("lease", Right: true, From: 140), new("memory", Right: true, From: 90), new("pid", Right: true, From: 100), new("host", From: 120),
            new("version", From: 140), new("jobs", From: 100));
        foreach (var worker in items)
        {
            table.Add(
                worker.Name, $"{worker.Jobs.Count}/{worker.Slots}", string.Join(' ', worker.Queues), JobText.Age(worker.StartedAt, time),
                new Cell(DurationText.Format(worker.BeatAge), Style(worker)), State(worker), Overdue(worker), DurationText.Format(worker.Lease), worker.Memory is { } bytes ? SizeText.Format(bytes) : null,
                worker.Pid, worker.Host, worker.Version, string.Join(' ', worker.Jobs));
        }
        return table;
    }

    private static Cell State(WorkerItem worker) => new(
        worker.Missing == true ? "missing" : worker.Asked switch { WorkerRequest.Stop => "stopping", WorkerRequest.Quiet => "quiet", _ => "live" }, Style(worker));

    /// <summary>How many slots are taken by jobs that should have stopped.</summary>
    private static Cell Overdue(WorkerItem worker) => new(worker.Overdue?.Count.ToString(CultureInfo.InvariantCulture) ?? "-", worker.Overdue is null ? "" : Styles.Alarm);

    private static string Style(WorkerItem worker) => worker.Missing == true ? Styles.Alarm : worker.Asked is null ? "" : Styles.Faint;

    private static async Task<int> AskAsync(Invocation run, ChangeKind change)
    {
        var names = run.Operands.Skip(1).Distinct(StringComparer.Ordinal).ToArray();
        if (names.Length == 0)
            throw new UsageException($"'workers {run.Operands[0]}' needs the name of a worker; dibs workers lists them");
        var store = await run.OpenStoreAsync();
        var reply = await store.ChangeAsync(change, names, run.Stopping);
        var items = reply.Items.Where(item => item.Asked is not null).Select(item => new AskedItem(item.Id, item.Asked!.Value)).ToArray();
        var refused = reply.Items.Where(item => item.Asked is null).Select(item =>
            new ErrorRecord("unknown-worker", Printable.Line($"no live worker has the name '{item.Id}'; see dibs workers"))).ToArray();
        var listing = run.Quiet ? new Listing(new Column("worker")) : new Listing(new("worker"), new("asked"));
        foreach (var item in items)
            listing.Add(run.Quiet ? [item.Name] : [item.Name, item.Asked == WorkerRequest.Stop ? "stop" : "quiet"]);
        return ChangeOutput.Write(run, items, CliJson.Shared.ChangeDocumentAskedItem, listing, refused, "no workers are named");
    }
}
