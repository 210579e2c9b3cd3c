using Dibs.Cli.Frame;
using Dibs.Cli.Output;

namespace Dibs.Cli.Commands;

/// <summary><c>dibs why</c>: why a job is not running, or what it did.</summary>
internal sealed class WhyVerb() : Verb("why", "ID", "Why a job is not running, or what it did.", "dibs why nightly-42")
{
    public override async Task<int> RunAsync(Invocation run)
    {
        var id = run.Operand("ID");
        var store = await run.OpenStoreAsync();
        var why = await store.WhyAsync(id, run.Stopping) ?? throw Unknown.Job(id);
        if (run.Json)
            JsonOutput.Write(run.Terminal.Out, why, CliJson.Shared.WhyRecord);
        else
            Write(run, why);
        return ExitCode.Done;
    }

    private static void Write(Invocation run, WhyRecord why)
    {
        run.Terminal.Out.WriteLine(Printable.Line(why.Summary));
        if (run.Quiet)
            return;
        if (why.Causes.Count > 0)
        {
            var causes = new Listing(new(""), new(""));
            foreach (var cause in why.Causes)
                causes.Add(new Cell(cause.Kind, Styles.Faint), Describe(cause, run.Terminal.Time));
            causes.Write(run.Terminal);
        }
        if (why.Chain.Count > 1)
            run.Terminal.Out.WriteLine(Printable.Line($"chain: {string.Join(" → ", why.Chain)}{(why.Truncated == true ? " → …" : "")}"));
    }

    private static string Describe(WhyCause cause, TimeProvider time) => cause.Kind switch
    {
        "reservation" => $"{cause.Resource} ({(cause.Mode == ReservationMode.Exclusive ? "exclusive" : "shared")}), {Holders(cause, time)}, {cause.Ahead} ahead in line{(cause.Next is null ? "" : $", next is {cause.Next}")}",
        "dependency" => $"{cause.Id} is {cause.State?.ToText()}",
        "scheduled" => cause.RunAt is { } due ? JobText.Moment(due, time) : "",
        "no-worker" => $"no live worker serves the queue '{cause.Queue}'{(cause.Worker is null ? "" : $", {cause.Worker} was last heard of {Ago(cause, time)}")}; start one: dibs worker --queue {cause.Queue} …",
        "no-slot" => $"queue '{cause.Queue}': {cause.Ahead} ahead{(cause.Free is null ? "" : $", {cause.Free} of {cause.Slots} slots free")}{(cause.Overdue is null ? "" : $", {cause.Overdue} taken by jobs that were to stop (dibs workers names them)")}",
        "canceling" => Stop("asked to stop", cause, time),
        "timeout" => Stop("its time-out passed", cause, time),
        "missing" => $"worker {cause.Worker} was last heard of {Ago(cause, time)}; any live worker ends what it left (dibs worker …)",
        _ => "the store is working on it",
    };

    private static string Stop(string what, WhyCause cause, TimeProvider time) =>
        $"{what} {Ago(cause, time)}{(cause.Unkillable == true ? $"; worker {cause.Worker} cannot kill it, its slot stays taken" : "")}";

    private static string Ago(WhyCause cause, TimeProvider time) => cause.Since is { } since ? JobText.Moment(since, time) : "at a time not known";

    private static string Holders(WhyCause cause, TimeProvider time)
    {
        if (cause.Holders is not { Count: > 0 } holders)
            return "held by nobody";
        var more = cause.HolderCount - holders.Count;
        return $"held by {string.Join(", ", holders.Select(holder => Holder(holder, time)))}{(more > 0 ? $" and {more} more" : "")}";
    }

    private static string Holder(WhyHolder holder, TimeProvider time) =>
        $"{holder.Id} ({holder.State.ToText()}{(holder.Worker is null ? "" : $" on {holder.Worker}")}{(holder.Since is { } since ? $", {JobText.Age(since, time)}" : "")})";
}
