using System.CommandLine;
using Dibs.Cli.Frame;
using Dibs.Cli.Input;
using Dibs.Cli.Output;
using Dibs.Jobs;
using Dibs.Stores;

namespace Dibs.Cli.Commands;

/// <summary><c>dibs jobs</c>: a page of jobs, newest first.</summary>
internal sealed class JobsVerb : Verb
{
    private readonly JobFilters _filters;
    private readonly Option<int?> _limit = Opt.Value("--limit", "N", $"Most jobs to list, 1 to {Limits.PageSize} (default 50).", text => OptionText.Number("--limit", text, 1, Limits.PageSize));
    private readonly Option<string?> _cursor = Opt.Text("--cursor", "CURSOR", "Go on where the page before ended.");

    public JobsVerb() : base("jobs", "", "List jobs, newest first.", "dibs jobs --state failed --since 1h")
    {
        _filters = new JobFilters(this);
        Add(_limit);
        Add(_cursor);
    }

    public override async Task<int> RunAsync(Invocation run)
    {
        run.NoOperandsAfter(0);
        var query = _filters.Read(run) with { Limit = run.Get(_limit) ?? 50, Cursor = run.Get(_cursor), Parts = run.Quiet && !run.Json ? JobParts.None : JobParts.Details };
        var store = await run.OpenStoreAsync();
        var page = await store.ListAsync(query, run.Stopping);
        var jobs = new ItemsDocument<JobRecord>([.. page.Jobs.Select(job => job.ToRecord())], page.Next);
        if (run.Json)
            JsonOutput.Write(run.Terminal.Out, jobs, CliJson.Shared.ItemsDocumentJobRecord);
        else
            Write(run, jobs);
        return ExitCode.Done;
    }

    private static void Write(Invocation run, ItemsDocument<JobRecord> page)
    {
        var listing = run.Quiet
            ? new Listing(new Column("job"))
            : new Listing(new("job"), new("state"), new("call", Cut: true), new("queue", From: 100), new("age", Right: true), new("worker", From: 140));
        foreach (var job in page.Items)
        {
            if (run.Quiet)
                listing.Add(job.Id);
            else
                listing.Add(job.Id, new Cell(JobText.State(job), Styles.Of(job.State)), JobText.Call(job), job.Queue, JobText.Age(job.CreatedAt, run.Terminal.Time), job.Worker);
        }
        run.Write(listing, "no jobs match");
        if (page.Next is { } next)
            run.Note($"there are more; the next page: --cursor {next}");
    }
}
