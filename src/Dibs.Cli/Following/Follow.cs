using Dibs.Cli.Frame;
using Dibs.Cli.Output;
using Dibs.Stores;

namespace Dibs.Cli.Following;

/// <summary>What <c>job --follow</c> and <c>enqueue --wait</c> show until a job is final. Ctrl-C ends the following, not the job.</summary>
internal static class Follow
{
    // Fast enough that a bar moves smoothly; a look is one read of one job.
    private static readonly TimeSpan LivePoll = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    /// <summary>Draws in place on the stream that is a terminal; else says no more than why the job does not run yet.</summary>
    public static async Task<JobRecord> QuietlyAsync(Invocation run, IJobStore store, string id)
    {
        var isLive = run.Terminal.IsErrorTerminal && !run.Quiet && !run.Terminal.IsPlain;
        var sightings = Watch(run, store, id, isLive);
        return await GuardAsync(run, id, isLive ? () => LiveJob.DrawAsync(run.Terminal, run.Terminal.Error, sightings) : () => LastAsync(sightings, _ => { }));
    }

    /// <summary>Draws in place on a terminal; else writes a line, or a JSON document, per change.</summary>
    public static async Task<JobRecord> AloudAsync(Invocation run, IJobStore store, string id)
    {
        var terminal = run.Terminal;
        var isLive = terminal.IsOutTerminal && !run.Json && !run.Quiet && !terminal.IsPlain;
        var sightings = Watch(run, store, id, isLive);
        return await GuardAsync(run, id, isLive
            ? () => LiveJob.DrawAsync(terminal, terminal.Out, sightings)
            : () => LastAsync(sightings, sighting => Say(terminal, run.Json ? sighting.Json : Change(sighting.Job))));
    }

    /// <summary>Writes log lines as they come.</summary>
    public static async Task<JobRecord> LogsAsync(Invocation run, IJobStore store, string id)
    {
        var sightings = new JobFollower(store, LivePoll).WatchAsync(id, JobParts.Logs, run.Stopping);
        return await GuardAsync(run, id, () => LastAsync(sightings, sighting => LogOutput.Write(run, sighting.NewLines)));
    }

    private static IAsyncEnumerable<Sighting> Watch(Invocation run, IJobStore store, string id, bool isLive)
    {
        var wait = isLive ? new WaitWatcher(store, run.Terminal.Time)
            // Who reads documents, or wants only the essential, can ask for it.
            : run.Json || run.Quiet ? null
            : new WaitWatcher(store, run.Terminal.Time, why => run.Note(Printable.Line($"job '{why.Id}' is {why.State.ToText()}. {why.Summary}")));
        return new JobFollower(store, isLive ? LivePoll : Poll, everyLook: isLive, wait).WatchAsync(id, JobParts.Details, run.Stopping);
    }

    private static async Task<JobRecord> GuardAsync(Invocation run, string id, Func<Task<JobRecord>> follow)
    {
        try
        {
            return await follow();
        }
        catch (OperationCanceledException) when (run.Stopping.IsCancellationRequested)
        {
            run.Note($"stopped following; job '{Printable.Line(id)}' goes on: dibs job {Printable.Line(id)} --follow");
            throw;
        }
    }

    private static async Task<JobRecord> LastAsync(IAsyncEnumerable<Sighting> sightings, Action<Sighting> see)
    {
        JobRecord? last = null;
        await foreach (var sighting in sightings)
        {
            see(sighting);
            last = sighting.Job;
        }
        return last!;
    }

    private static string Change(JobRecord job)
    {
        var phase = job.Progress?.LastOrDefault(phase => phase.State == "running");
        return Printable.Line($"{job.Id}  {JobText.State(job)}{(phase is null || job.State.IsFinal() ? "" : $"  {ProgressText.Of(phase)}")}");
    }

    private static void Say(Terminal terminal, string line)
    {
        terminal.Out.WriteLine(line);
        terminal.Out.Flush();
    }
}
