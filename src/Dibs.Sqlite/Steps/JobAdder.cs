using Dibs.Sqlite.Raw;
using Dibs.Stores;

namespace Dibs.Sqlite.Steps;

/// <summary>Stores a new job and takes it in: ended at once, scheduled, blocked or admitted.</summary>
internal static class JobAdder
{
    public static JobRow Add(Step step, NewJob source, string? requeueOf)
    {
        var runAt = source.RunAt is { } at ? StoreTime.ToMicroseconds(at) : source.Delay is { } delay ? step.Now + (long)delay.TotalMicroseconds : (long?)null;
        var job = new JobRow
        {
            Id = source.Id,
            State = runAt > step.Now ? JobState.Scheduled : JobState.Blocked,
            Queue = source.Queue,
            Priority = source.Priority,
            Method = source.Method,
            Reserves = source.Reservations.Count,
            RunAt = runAt,
        };
        step.Tallies.Add(job.Queue, job.State, 1);
        var after = FindAfter(step, source);
        var places = Place.From(source.Reservations);
        var broken = after.Any(dependency => dependency.State is JobState.Failed or JobState.Canceled);
        if (broken)
        {
            step.Move(job, JobState.Canceled);
            step.Hints.Jobs.Add(job.Id);
        }
        else
        {
            job.Dependencies = after.Count(dependency => !dependency.State.IsFinal());
            if (job.State == JobState.Blocked && job.Dependencies == 0)
                step.Heart.Admit(job, places);
        }
        step.Hints.Scheduled |= job.State == JobState.Scheduled;
        Insert(step, source, job, broken ? step.Now : null);
        InsertParts(step, source, job, places, requeueOf);
        for (var n = 0; n < after.Length; n++)
            step.Sql.Use(Sql.DependencyInsert).Bind(job.Seq).Bind(n).Bind(after[n].Id).Bind(broken || after[n].State.IsFinal() ? null : after[n].Seq).Run();
        return job;
    }

    private static JobRow[] FindAfter(Step step, NewJob source)
    {
        if (source.After.Count == 0)
            return [];
        var after = new JobRow[source.After.Count];
        for (var n = 0; n < after.Length; n++)
            after[n] = step.FindJob(source.After[n]) ?? throw new InvalidOperationException($"Job '{source.Id}' comes after '{source.After[n]}', which is not stored.");
        return after;
    }

    private static void Insert(Step step, NewJob source, JobRow job, long? finishedAt)
    {
        step.Sql.Use(Sql.JobInsert).Bind(step.Ns).Bind(job.Id).Bind((int)job.State).Bind(finishedAt is null ? null : JobReasons.Dependency)
            .Bind(job.Queue).Bind(job.Priority).Bind(source.Method).Bind(job.Reserves).Bind(job.Dependencies)
            .Bind(job.Ticket == 0 ? null : job.Ticket).Bind(job.Blockers).Bind(job.ReadyKey)
            .Bind(step.Now).Bind(job.RunAt).Bind(job.AdmittedAt).Bind(job.ReadyAt).Bind(finishedAt)
            .Bind((int)source.OnWorkerLost).Run();
        job.Seq = step.Sql.LastInsertRowId;
    }

    private static void InsertParts(Step step, NewJob source, JobRow job, Place[] places, string? requeueOf)
    {
        step.Sql.Use(Sql.ContentInsert).Bind(job.Seq).Bind(source.Digest.Span).Bind(source.Content.Span).Bind(source.Parent).Bind(requeueOf).Run();
        for (var n = 0; n < places.Length; n++)
        {
            var place = places[n];
            step.Sql.Use(Sql.ReservationInsert).Bind(job.Seq).Bind(n).Bind(step.Ns).Bind(place.Resource).Bind((int)place.Mode).Bind(place.Capacity)
                .Bind(place.Held ? 1 : 0).Bind(job.Ticket == 0 ? null : job.Ticket).Run();
        }
        foreach (var (name, value) in source.Labels)
            step.Sql.Use(Sql.LabelInsert).Bind(job.Seq).Bind(name).Bind(step.Ns).Bind(value).Run();
    }
}
