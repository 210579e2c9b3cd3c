using Dibs.Cli.Frame;
using Dibs.Cli.Input;

namespace Dibs.Cli.Output;

/// <summary>One job with all its fields, for people.</summary>
internal static class JobView
{
    private static readonly Column[] Pairs = [new(""), new("")];

    public static void Write(Terminal terminal, JobRecord job, bool verbose)
    {
        var fields = new Listing(Pairs);
        foreach (var (name, value) in Fields(terminal.Time, job, verbose))
            fields.Add(new Cell(name, Styles.Faint), value);
        fields.Write(terminal);
        if (verbose && job.Error?.Detail is { Length: > 0 } detail)
        {
            terminal.Out.WriteLine();
            terminal.Out.WriteLine(Printable.Lines(detail).TrimEnd());
        }
    }

    private static IEnumerable<(string Name, Cell Value)> Fields(TimeProvider time, JobRecord job, bool verbose)
    {
        yield return ("job", new Cell(job.Id, Styles.Strong));
        yield return ("state", new Cell(JobText.State(job), Styles.Of(job.State)));
        yield return (job.Command is null ? "method" : "command", JobText.Call(job));
        if (job.Description is { } description)
            yield return ("description", description);
        if (job.Env is { Count: > 0 } env)
            yield return ("env", string.Join(", ", env));
        yield return ("queue", job.Priority == 0 ? job.Queue : $"{job.Queue}, priority {job.Priority}");
        foreach (var reservation in job.Reservations ?? [])
            yield return ("reserves", JobText.Reservation(reservation));
        if (job.Timeout is { } timeout)
            yield return ("time-out", DurationText.Format(timeout));
        if (job.OnWorkerLost is not null)
            yield return ("worker lost", "begins again by itself");
        if (job.After is { Count: > 0 } after)
            yield return ("after", string.Join(", ", after));
        if (job.Labels is { Count: > 0 } labels)
            yield return ("labels", string.Join(", ", labels.Select(label => $"{label.Key}={label.Value}")));
        if (job.Parent is { } parent)
            yield return ("parent", parent);
        if (job.RequeueOf is { } origin)
            yield return ("requeue of", origin);
        foreach (var (name, at) in Times(job, verbose))
        {
            if (at is { } moment)
                yield return (name, JobText.Moment(moment, time));
        }
        foreach (var field in Run(time, job, verbose))
            yield return field;
    }

    private static IEnumerable<(string Name, DateTimeOffset? At)> Times(JobRecord job, bool verbose)
    {
        yield return ("created", job.CreatedAt);
        yield return ("due", job.RunAt);
        if (verbose)
        {
            yield return ("admitted", job.AdmittedAt);
            yield return ("ready", job.ReadyAt);
        }
        yield return ("started", job.StartedAt);
        yield return ("finished", job.FinishedAt);
    }

    private static IEnumerable<(string Name, Cell Value)> Run(TimeProvider time, JobRecord job, bool verbose)
    {
        if (job.Attempt is { } attempt)
            yield return ("attempt", $"{attempt} on {job.Worker}{(JobText.Ran(job, time) is { } ran ? $", {ran}" : "")}");
        if (verbose && job.Ticket is { } ticket)
            yield return ("ticket", ticket);
        if (verbose && job.Fence is { } fence)
            yield return ("fence", fence);
        if (job.Attempts is { Count: > 1 } attempts)
        {
            foreach (var past in attempts)
                yield return ($"attempt {past.N}", $"{past.Worker}, {past.Reason ?? (past.FinishedAt is null ? "running" : "completed")}{(past.Error is { } error ? $": {error.Message}" : "")}");
        }
        foreach (var phase in job.Progress ?? [])
            yield return ("progress", ProgressText.Of(phase));
        foreach (var created in job.Created ?? [])
            yield return ("created", created);
        if (job.Result is { } result)
            yield return ("result", result.GetRawText());
        if (job.Exit is { } exit)
            yield return ("exit", exit.Signal is { } signal ? $"signal {signal}" : $"code {exit.Code}");
        if (job.Error is { } failure)
            yield return ("error", new Cell($"{failure.Type}: {failure.Message}", Styles.Of(JobState.Failed)));
    }
}
