using Dibs.Cli.Frame;
using Dibs.Cli.Input;
using Dibs.Stores;

namespace Dibs.Cli.Output;

/// <summary>The page of <c>dibs info</c>.</summary>
internal static class InfoView
{
    private static readonly JobState[] Active = [JobState.Running, JobState.Canceling, JobState.Ready, JobState.Blocked, JobState.Scheduled];

    public static void Write(Invocation run, InfoDocument info)
    {
        var facts = new Listing(new(""), new(""));
        facts.Add(new Cell("store", Styles.Faint), Place(info.Store));
        facts.Add(new Cell("namespace", Styles.Faint), info.Namespace);
        facts.Add(new Cell("jobs", Styles.Faint), info.Counts.Count == 0 ? "none" : string.Join(", ", info.Counts.Select(count => $"{count.Value} {count.Key}")));
        facts.Add(new Cell("workers", Styles.Faint), Workers(info));
        facts.Add(new Cell("oldest waiting", Styles.Faint), info.OldestWaiting is { } oldest ? Oldest(oldest, info.Now) : "none");
        if (run.Verbose)
        {
            facts.Add(new Cell("schema", Styles.Faint), info.Store.Schema);
            facts.Add(new Cell("last ticket", Styles.Faint), info.Ticket);
            facts.Add(new Cell("pending", Styles.Faint), info.Pending);
        }
        foreach (var warning in info.Store.Warnings)
            facts.Add(new Cell("warning", Styles.Faint), warning);
        facts.Write(run.Terminal);
        if (run.Quiet || info.Queues.Count == 0)
            return;
        if (run.Terminal.IsOutTerminal)
            RichInfo.WriteQueues(run.Terminal, info.Queues, Active);
        else
            PlainQueues(info).Write(run.Terminal);
    }

    /// <summary>As after <c>--store</c>; the location of a store on the network is its address already.</summary>
    private static string Place(StoreDescription store) => store.Location.Contains("://", StringComparison.Ordinal) ? store.Location : $"{store.Kind}:{store.Location}";

    private static string Workers(InfoDocument info)
    {
        var slots = info.Workers.Sum(worker => worker.Slots);
        return info.Workers.Count == 0 ? "none" : $"{info.Workers.Count}, {info.Workers.Sum(worker => worker.Jobs.Count)} of {slots} slots busy";
    }

    private static string Oldest(OldestWaiting job, DateTimeOffset now) =>
        $"{job.Id ?? "a job"}, {job.State.ToText()} in '{job.Queue}', {DurationText.Format(now - job.Since)}{(job.Id is null ? "" : $"; dibs why {job.Id}")}";

    private static Listing PlainQueues(InfoDocument info)
    {
        var queues = new Listing([new("queue"), new("name"), .. Active.Select(_ => new Column(""))]);
        foreach (var queue in info.Queues)
            queues.Add([new Cell("queue"), queue.Name, .. Active.Select(state => new Cell($"{state.ToText()}={queue.Counts.GetValueOrDefault(state.ToText())}"))]);
        return queues;
    }
}
