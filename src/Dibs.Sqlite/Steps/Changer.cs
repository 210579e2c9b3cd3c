using Dibs.Sqlite.Raw;
using Dibs.Stores;

namespace Dibs.Sqlite.Steps;

/// <summary>The step of <see cref="IJobStore.ChangeAsync"/>: cancels or requeues jobs, or asks something of workers.</summary>
internal static class Changer
{
    public static ChangeReply Run(Step step, ChangeKind change, IReadOnlyList<string> ids)
    {
        var answers = new Changed[ids.Count];
        for (var i = 0; i < answers.Length; i++)
        {
            answers[i] = change switch
            {
                ChangeKind.QuietWorker => Pulse.Ask(step, ids[i], WorkerRequest.Quiet),
                ChangeKind.StopWorker => Pulse.Ask(step, ids[i], WorkerRequest.Stop),
                ChangeKind.Cancel => step.FindJob(ids[i]) is { } job ? Cancel(step, job) : new Changed(ids[i], ChangeOutcome.Unknown),
                ChangeKind.Requeue => step.FindJob(ids[i]) is { } job ? Requeue(step, job) : new Changed(ids[i], ChangeOutcome.Unknown),
            };
        }
        step.Heart.Work(Limits.UnitsPerStep);
        for (var i = 0; i < answers.Length; i++)
        {
            if (answers[i].State is not null)
                answers[i] = answers[i] with { State = step.FindJob(answers[i].Id)!.State };
        }
        return new ChangeReply(answers, step.More);
    }

    private static Changed Cancel(Step step, JobRow job)
    {
        if (job.State.IsFinal())
            return new Changed(job.Id, ChangeOutcome.NotPossible, job.State);
        if (job.State == JobState.Canceling)
            return new Changed(job.Id, ChangeOutcome.Already, job.State);
        if (job.State == JobState.Running)
        {
            step.Move(job, JobState.Canceling);
            step.Sql.Use(Sql.JobCanceling).Bind(job.Seq).Bind(step.Now).Run();
            step.Hints.Incarnations.Add(ReadIncarnation(step, job));
        }
        else
        {
            step.Heart.End(job, JobState.Canceled, JobReasons.Canceled);
        }
        return new Changed(job.Id, ChangeOutcome.Done, job.State);
    }

    private static Changed Requeue(Step step, JobRow job)
    {
        if (!job.State.IsFinal())
            return new Changed(job.Id, ChangeOutcome.NotPossible, job.State);
        var id = RequeueId.After(job.Id);
        if (step.FindJob(id) is { } known)
            return new Changed(id, ChangeOutcome.Already, known.State);
        var again = JobAdder.Add(step, ReadSource(step, job, id), requeueOf: job.Id);
        return new Changed(id, ChangeOutcome.Done, again.State);
    }

    private static string ReadIncarnation(Step step, JobRow job)
    {
        using var row = step.Sql.Use(Sql.WorkerIncarnation).Bind(job.Worker);
        return row.Step() ? row.Text(0) : throw new InvalidOperationException($"Job '{job.Id}' runs on a worker that is not in the store; run repair.");
    }

    private static NewJob ReadSource(Step step, JobRow job, string id)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        using (var row = step.Sql.Use(Sql.LabelsOf).Bind(job.Seq))
        {
            while (row.Step())
                labels.Add(row.Text(0), row.Text(1));
        }
        using var content = step.Sql.Use(Sql.ContentRead).Bind(job.Seq);
        if (!content.Step())
            throw new InvalidOperationException($"Job '{job.Id}' has no content in the store.");
        return new NewJob
        {
            Id = id,
            Digest = content.Blob(0),
            Content = content.Blob(1),
            Parent = content.TextOrNull(2),
            Method = job.Method,
            Queue = job.Queue,
            Priority = job.Priority,
            OnWorkerLost = job.OnWorkerLost,
            Reservations = [.. Place.Load(step.Sql, job).Select(place => new Reservation(place.Resource, place.Mode, place.Capacity))],
            Labels = labels,
        };
    }
}
