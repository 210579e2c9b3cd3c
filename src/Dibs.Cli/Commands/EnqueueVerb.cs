using System.CommandLine;
using System.Text.Json;
using Dibs.Cli.Apps;
using Dibs.Cli.Following;
using Dibs.Cli.Frame;
using Dibs.Cli.Input;
using Dibs.Cli.Output;
using Dibs.Jobs;
using Dibs.Stores;

namespace Dibs.Cli.Commands;

/// <summary><c>dibs enqueue</c>: stores a call of a method, or a program with its arguments, as a job.</summary>
internal sealed class EnqueueVerb : Verb
{
    private readonly Option<string?> _queue = Opt.Text("--queue", "QUEUE", "The queue (default 'default').", "-q");
    private readonly Option<string[]> _exclusive = Opt.Texts("--exclusive", "RESOURCE", "A resource that nobody else may touch meanwhile.");
    private readonly Option<SharedResource[]> _shared = Opt.Values("--shared", "RESOURCE[=N]", "A resource shared with others, by at most N at once if given.", OptionText.Shared);
    private readonly Option<string[]> _after = Opt.Texts("--after", "ID", "Run after this job has completed; canceled if it fails.");
    private readonly Option<int?> _priority = Opt.Value("--priority", "N", $"-{Limits.Priority} to {Limits.Priority}, larger first (default 0).", text => OptionText.Number("--priority", text, -Limits.Priority, Limits.Priority));
    private readonly Option<TimeSpan?> _in = Opt.Value("--in", "DURATION", "Due so long from now: 30s, 10m, 1h30m, 7d.", DurationText.Parse);
    private readonly Option<string?> _at = Opt.Text("--at", "TIME", "Due at this time: 2026-11-22T08:30:00Z.");
    private readonly Option<TimeSpan?> _timeout = Opt.Value("--timeout", "DURATION", "An attempt that runs longer is stopped, and the job fails (default no limit).", DurationText.Parse);
    private readonly Option<OnWorkerLost?> _onWorkerLost = Opt.Choice("--on-worker-lost", OptionText.WorkerLosses, "When its worker is lost or has to stop: fail (the default), or begin again by itself.", OptionText.WorkerLoss);
    private readonly Option<string?> _id = Opt.Text("--id", "ID", "The id (default a random one); the same content under the same id is one job.");
    private readonly Option<string[]> _labels = Opt.Texts("--label", "K=V", "A label to find it by.");
    private readonly Option<string?> _description = Opt.Text("--description", "TEXT", "Text for people.");
    private readonly Option<string[]> _env = Opt.Texts("--env", "K=V", "An environment variable of the program.");
    private readonly Option<string[]> _apps = Opt.Texts("--app", "DLL", "Check method and arguments now, against this application.");
    private readonly Option<bool> _wait = Opt.Flag("--wait", "Follow it until it is final; exit 0 completed, 1 failed, 3 canceled.");

    public EnqueueVerb() : base(
        "enqueue", "METHOD [ARG…] | -- PROGRAM [ARG…]",
        "Enqueue a call of a method, or a program, as a job. An ARG is JSON if it parses, else text; name=ARG goes to the parameter of that name.",
        "dibs enqueue --exclusive repo:1 -- rsync -a src/ dst/")
    {
        Option[] options = [_queue, _exclusive, _shared, _after, _priority, _in, _at, _timeout, _onWorkerLost, _id, _labels, _description, _env, _apps, _wait];
        foreach (var option in options)
            Add(option);
    }

    public override async Task<int> RunAsync(Invocation run)
    {
        var request = Read(run);
        var jobs = run.CreateClient(AppSet.Load(AppFiles.Find(run.Get(_apps) ?? [])));
        // Not stopped by a signal half way, so that it is known whether the job was stored.
        var id = (await jobs.EnqueueManyAsync([request], CancellationToken.None))[0].Id;
        var store = await run.OpenStoreAsync();
        if (!run.Json)
        {
            run.Terminal.Out.WriteLine(id);
            run.Terminal.Out.Flush();
        }
        var job = run.Get(_wait) ? await Follow.QuietlyAsync(run, store, id) : null;
        if (run.Json)
            JsonOutput.Write(run.Terminal.Out, job ?? await FindAsync(store, id), CliJson.Shared.JobRecord);
        else if (job is not null)
            SayEnd(run, job);
        return job is null ? ExitCode.Done : ExitCode.Of(job.State);
    }

    private JobRequest Read(Invocation run)
    {
        if (run.Has(_in) && run.Has(_at))
            throw new UsageException("--in and --at both say when the job is due; give one of them");
        if (run.Get(_at) is { } at && DurationText.TryParse(at, out _))
            throw new UsageException($"--at '{at}' would be {at} ago; for a job that is due {at} from now write --in {at}");
        var options = new JobOptions
        {
            Id = run.Get(_id),
            Queue = run.Get(_queue) ?? "default",
            Exclusive = run.Get(_exclusive) ?? [],
            Shared = run.Get(_shared) ?? [],
            After = run.Get(_after) ?? [],
            Priority = run.Get(_priority) ?? 0,
            Delay = run.Get(_in),
            RunAt = run.Time(_at),
            Timeout = run.Get(_timeout),
            OnWorkerLost = run.Get(_onWorkerLost) ?? OnWorkerLost.Fail,
            Labels = OptionText.Pairs(_labels.Name, run.Get(_labels) ?? []),
            Description = run.Get(_description),
        };
        var env = OptionText.Pairs(_env.Name, run.Get(_env) ?? []);
        if (run.Program is { } program)
        {
            if (run.Has(_apps))
                throw new UsageException("--app checks methods; leave it out before -- PROGRAM");
            return program.Count > 0 ? JobRequest.Command(program, env, options) : throw new UsageException("no program follows '--'; write dibs enqueue -- PROGRAM [ARG…]");
        }
        if (run.Operands.Count == 0)
            throw new UsageException("'enqueue' needs a method or a program; write dibs enqueue METHOD [ARG…], or dibs enqueue -- PROGRAM [ARG…]");
        if (env.Count > 0)
            throw new UsageException("--env is for programs; a method takes its values as arguments");
        // Only an application can say that a method has such a name; without one it is more likely a slip of quotes.
        if (!run.Has(_apps) && run.Operands[0].Any(char.IsWhiteSpace))
            throw new UsageException($"the method '{run.Operands[0]}' has a blank in its name; write dibs enqueue METHOD [ARG…], a program after --, or add --app DLL to check the name");
        var call = CallText.Parse(run.Operands.Skip(1));
        return JobRequest.Method(
            run.Operands[0], [.. call.Args.Cast<object?>()], call.Named.ToDictionary(pair => pair.Key, pair => (object?)pair.Value, StringComparer.Ordinal), options);
    }

    private static async Task<JobRecord> FindAsync(IJobStore store, string id) =>
        await store.GetAsync([id], JobParts.Details, CancellationToken.None) is [var stored] ? stored.ToRecord() : throw Unknown.Job(id);

    private static void SayEnd(Invocation run, JobRecord job)
    {
        if (job.State != JobState.Completed)
            run.Terminal.Error.WriteLine(Printable.Line($"dibs: job '{job.Id}' {JobText.State(job)}{(job.Error is { } error ? $": {error.Message}" : "")}; see dibs job {job.Id}"));
        else if (job.Result is { ValueKind: not JsonValueKind.Null } result)
            run.Note($"completed: {Printable.Line(result.GetRawText())}");
        else
            run.Note("completed");
    }
}
