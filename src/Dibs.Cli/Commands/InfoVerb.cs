using Dibs.Cli.Frame;
using Dibs.Cli.Output;
using Dibs.Stores;

namespace Dibs.Cli.Commands;

/// <summary><c>dibs info</c>: one page about a namespace.</summary>
internal sealed class InfoVerb() : Verb("info", "", "One page: the store, queues, workers, and what has waited longest.", "dibs info")
{
    public override async Task<int> RunAsync(Invocation run)
    {
        run.NoOperandsAfter(0);
        var store = await run.OpenStoreAsync();
        // Opening again has no effect but tells what the store is.
        var description = await store.OpenAsync(run.Stopping);
        var survey = await store.SurveyAsync(SurveyParts.Queues | SurveyParts.Workers, run.Stopping);
        var info = Describe(description, store.Namespace, survey, await LongestWait.FindAsync(store, survey, run.Stopping));
        if (run.Json)
            JsonOutput.Write(run.Terminal.Out, info, CliJson.Shared.InfoDocument);
        else
            InfoView.Write(run, info);
        return ExitCode.Done;
    }

    private static InfoDocument Describe(StoreDescription store, string name, Survey survey, OldestWaiting? oldest)
    {
        var counts = survey.Queues
            .SelectMany(queue => queue.Counts)
            .GroupBy(count => count.Key, count => count.Value)
            .OrderBy(state => state.Key)
            .ToDictionary(state => state.Key.ToText(), state => state.Sum());
        return new InfoDocument(
            store, name, survey.Now, survey.Ticket, survey.Pending, counts,
            [.. survey.Queues.Select(QueueItem.Of)], [.. survey.Workers.Select(worker => WorkerItem.Of(worker, survey.Now))], oldest);
    }
}
