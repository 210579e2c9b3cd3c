using System.CommandLine;
using Dibs.Cli.Frame;
using Dibs.Cli.Input;
using Dibs.Cli.Output;
using Dibs.Stores;

namespace Dibs.Cli.Commands;

/// <summary>Changes the jobs that are named, or that match: the shape of <c>cancel</c> and <c>requeue</c>.</summary>
internal abstract class ChangeVerb : Verb
{
    // The most that one step of the seam takes.
    private const int PerStep = 500;

    // More than this many at once is asked for, in case a filter was too wide.
    private const int AskAbove = 100;

    private readonly JobFilters _filters;
    private readonly Option<bool> _dryRun = Opt.Flag("--dry-run", "Show what would be changed, and change nothing.");
    private readonly Option<bool> _yes = Opt.Flag("--yes", $"Do not ask when more than {AskAbove} jobs match.");
    private readonly ChangeKind _change;

    protected ChangeVerb(ChangeKind change, string name, string description, string example) : base(name, "[ID…]", description, example)
    {
        _change = change;
        _filters = new JobFilters(this);
        Add(_dryRun);
        Add(_yes);
    }

    /// <summary>The states in which the change is possible: where a filter without <c>--state</c> looks.</summary>
    protected abstract IReadOnlyList<JobState> Possible { get; }

    /// <summary>Why a job in this state stays as it is, and what to do.</summary>
    protected abstract string Refusal(string id, JobState? state);

    public override async Task<int> RunAsync(Invocation run)
    {
        if (run.Operands.Count > 0 == _filters.Given(run))
            throw new UsageException(run.Operands.Count > 0
                ? $"'{Name}' takes IDs or filters, not both; leave one out"
                : $"'{Name}' needs IDs or filters; write dibs {Name} ID, or for example dibs {Name} --queue default");
        var store = await run.OpenStoreAsync();
        var chosen = run.Operands.Count > 0
            ? [.. run.Operands.Distinct(StringComparer.Ordinal)]
            : await MatchAsync(store, _filters.Read(run), run.Stopping);
        if (run.Get(_dryRun))
            return await ShowAsync(run, store, chosen);
        if (chosen.Count > AskAbove && !run.Get(_yes) && !await AskAsync(run, chosen.Count))
            return ExitCode.Done;
        return Report(run, await ChangeAsync(store, chosen));
    }

    private async Task<IReadOnlyList<string>> MatchAsync(IJobStore store, JobQuery query, CancellationToken cancellationToken)
    {
        var ids = new List<string>();
        query = query with { Limit = Limits.PageSize, States = query.States.Count > 0 ? query.States : Possible };
        do
        {
            var page = await store.ListAsync(query, cancellationToken);
            ids.AddRange(page.Jobs.Select(job => job.Record.Id));
            query = query with { Cursor = page.Next };
        }
        while (query.Cursor is not null);
        return ids;
    }

    private async Task<bool> AskAsync(Invocation run, int count)
    {
        var terminal = run.Terminal;
        if (!terminal.IsInTerminal || !terminal.IsErrorTerminal)
            throw new UsageException($"{count} jobs match, more than {AskAbove}; add --yes to {Name} them all, or --dry-run to see them");
        terminal.Error.Write($"{Name} {count} jobs? [y/N] ");
        // Reading a terminal cannot be given up, but waiting for it can.
        try
        {
            var answer = await Task.Run(() => terminal.In().ReadLine()).WaitAsync(run.Stopping);
            return answer?.Trim() is "y" or "Y" or "yes";
        }
        catch (OperationCanceledException)
        {
            // What the shell says next begins on a line of its own.
            terminal.Error.WriteLine();
            throw;
        }
    }

    // Not stopped by a signal half way: a step is short, and what was asked for is known.
    private async Task<IReadOnlyList<(string Asked, Changed Answer)>> ChangeAsync(IJobStore store, IReadOnlyList<string> ids)
    {
        var answers = new List<(string, Changed)>();
        foreach (var step in ids.Chunk(PerStep))
            answers.AddRange(step.Zip((await store.ChangeAsync(_change, step, CancellationToken.None)).Items));
        return answers;
    }

    private async Task<int> ShowAsync(Invocation run, IJobStore store, IReadOnlyList<string> ids)
    {
        var found = new List<ChangeItem>();
        foreach (var step in ids.Chunk(PerStep))
            found.AddRange((await store.GetAsync(step, JobParts.None, run.Stopping)).Select(job => new ChangeItem(job.Record.Id, job.Record.State)));
        var refused = ids.Except(found.Select(job => job.Id), StringComparer.Ordinal).Select(NoSuchJob)
            .Concat(found.Where(job => !Possible.Contains(job.State)).Select(job => NotPossible(job.Id, job.State)));
        return Write(run, [.. found.Where(job => Possible.Contains(job.State))], [.. refused]);
    }

    private int Report(Invocation run, IReadOnlyList<(string Asked, Changed Answer)> answers)
    {
        var existing = answers.Where(pair => pair.Answer.State is not null).Select(pair => new ChangeItem(pair.Answer.Id, pair.Answer.State!.Value));
        var refused = answers.Where(pair => pair.Answer.Outcome is ChangeOutcome.NotPossible or ChangeOutcome.Unknown).Select(pair =>
            pair.Answer.Outcome == ChangeOutcome.Unknown ? NoSuchJob(pair.Asked) : NotPossible(pair.Asked, pair.Answer.State));
        return Write(run, [.. existing], [.. refused]);
    }

    private static ErrorRecord NoSuchJob(string id)
    {
        var unknown = Unknown.Job(id);
        return new ErrorRecord(unknown.Code, Printable.Line(unknown.Message));
    }

    private ErrorRecord NotPossible(string id, JobState? state) => new("not-possible", Printable.Line(Refusal(id, state)));

    private static int Write(Invocation run, IReadOnlyList<ChangeItem> items, IReadOnlyList<ErrorRecord> refused)
    {
        var listing = run.Quiet ? new Listing(new Column("job")) : new Listing(new("job"), new("state"));
        foreach (var item in items)
            listing.Add(run.Quiet ? [item.Id] : [item.Id, Cell.Of(item.State)]);
        return ChangeOutput.Write(run, items, CliJson.Shared.ChangeDocumentChangeItem, listing, refused, "no jobs match");
    }
}

/// <summary><c>dibs cancel</c>: waiting jobs at once, running ones as soon as their code has stopped.</summary>
internal sealed class CancelVerb() : ChangeVerb(
    ChangeKind.Cancel, "cancel", "Cancel jobs: a waiting one at once, a running one as soon as its code has stopped.", "dibs cancel nightly-42")
{
    protected override IReadOnlyList<JobState> Possible { get; } = [JobState.Scheduled, JobState.Blocked, JobState.Ready, JobState.Running, JobState.Canceling];

    protected override string Refusal(string id, JobState? state) => $"job '{id}' is {state?.ToText()} and stays so; only a job that is not final can be canceled";
}

/// <summary><c>dibs requeue</c>: makes new jobs with the content of final ones.</summary>
internal sealed class RequeueVerb() : ChangeVerb(
    ChangeKind.Requeue, "requeue", "Run final jobs again: each becomes a new job with the same content, ID~2, ID~3 and so on.", "dibs requeue --state failed --since 1h")
{
    protected override IReadOnlyList<JobState> Possible { get; } = [JobState.Completed, JobState.Failed, JobState.Canceled];

    protected override string Refusal(string id, JobState? state) => $"job '{id}' is {state?.ToText()}; requeue it when it is final, or cancel it first";
}
