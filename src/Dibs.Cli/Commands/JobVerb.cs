using System.CommandLine;
using Dibs.Cli.Following;
using Dibs.Cli.Frame;
using Dibs.Cli.Output;
using Dibs.Jobs;
using Dibs.Stores;

namespace Dibs.Cli.Commands;

/// <summary><c>dibs job</c>: one job with all its fields.</summary>
internal sealed class JobVerb : Verb
{
    private readonly Option<bool> _follow = Opt.Flag("--follow", "Watch it until it is final; exit 0 completed, 1 failed, 3 canceled.");
    private readonly Option<bool> _logs = Opt.Flag("--logs", "Only what it wrote.");

    public JobVerb() : base("job", "ID", "Show one job.", "dibs job nightly-42 --follow")
    {
        Add(_follow);
        Add(_logs);
    }

    public override async Task<int> RunAsync(Invocation run)
    {
        var id = run.Operand("ID");
        var store = await run.OpenStoreAsync();
        if (run.Get(_follow))
            return ExitCode.Of((await (run.Get(_logs) ? Follow.LogsAsync(run, store, id) : Follow.AloudAsync(run, store, id))).State);
        var found = await store.GetAsync([id], run.Get(_logs) ? JobParts.Logs : JobParts.Details, run.Stopping);
        var job = found is [var one] ? one : throw Unknown.Job(id);
        if (run.Get(_logs))
            WriteLogs(run, job.Lines);
        else
            Write(run, job.ToRecord());
        return ExitCode.Done;
    }

    private static void Write(Invocation run, JobRecord job)
    {
        if (run.Json)
            JsonOutput.Write(run.Terminal.Out, job, CliJson.Shared.JobRecord);
        else if (run.Quiet)
            run.Terminal.Out.WriteLine(job.State.ToText());
        else
            JobView.Write(run.Terminal, job, run.Verbose);
    }

    private static void WriteLogs(Invocation run, IReadOnlyList<LogLine> lines)
    {
        if (run.Json)
            JsonOutput.Write(run.Terminal.Out, new ItemsDocument<LogLine>(lines), CliJson.Shared.ItemsDocumentLogLine);
        else
            LogOutput.Write(run, lines);
    }
}
