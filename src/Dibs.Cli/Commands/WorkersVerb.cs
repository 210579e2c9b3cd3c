using Dibs.Cli.Frame;
using Dibs.Cli.Input;
using Dibs.Cli.Output;
using Dibs.Stores;

namespace Dibs.Cli.Commands;

/// <summary><c>dibs workers</c>: who lives and what it runs.</summary>
internal sealed class WorkersVerb() : Verb("workers", "", "List live workers and what they run.", "dibs workers")
{
    public override async Task<int> RunAsync(Invocation run)
    {
        run.NoOperandsAfter(0);
        var store = await run.OpenStoreAsync();
        var survey = await store.SurveyAsync(SurveyParts.Workers, run.Stopping);
        if (run.Json)
            JsonOutput.Write(run.Terminal.Out, new ItemsDocument<WorkerItem>([.. survey.Workers.Select(WorkerItem.Of)]), CliJson.Shared.ItemsDocumentWorkerItem);
        else
            run.Write(run.Quiet ? Names(survey) : Table(run, survey), "no live workers; start one with dibs worker");
        return ExitCode.Done;
    }

    private static Listing Names(Survey survey)
    {
        var names = new Listing(new Column("worker"));
        foreach (var worker in survey.Workers)
            names.Add(worker.Registration.Name);
        return names;
    }

    private static Listing Table(Invocation run, Survey survey)
    {
        var table = new Listing(
            new("worker"), new("busy", Right: true), new("queues"), new("up", Right: true), new("beat", Right: true),
            new("lease", Right: true, From: 120), new("pid", Right: true, From: 120), new("host", From: 140), new("jobs", From: 100));
        foreach (var worker in survey.Workers)
        {
            var known = worker.Registration;
            table.Add(
                known.Name, $"{worker.Jobs.Count}/{known.Slots}", string.Join(' ', known.Queues), JobText.Age(worker.StartedAt, run.Terminal.Time),
                JobText.Age(worker.BeatAt, run.Terminal.Time), DurationText.Format(known.Lease), known.Pid, known.Host, string.Join(' ', worker.Jobs));
        }
        return table;
    }
}
