using System.Globalization;
using System.Text;
using System.Text.Json;
using Dibs.Redis.Records;
using Dibs.Redis.Scripts;
using Dibs.Stores;

namespace Dibs.Redis.Reading;

/// <summary>Reads a job of an answer, as the part "showing" of the scripts wrote it.</summary>
internal static class JobAnswer
{
    /// <returns>The job, and its number in the order of creation.</returns>
    public static (long Sequence, StoredJob Job) Read(StepReply reply, string @namespace, JobParts parts)
    {
        var id = reply.Text();
        var facts = JobFacts.Read(reply.Bytes());
        var run = JobRun.Read(reply.Bytes());
        var record = Record(id, @namespace, facts, run);
        var job = parts.HasFlag(JobParts.Details) ? WithDetails(reply, record, run) : new StoredJob { Record = record };
        if (parts.HasFlag(JobParts.Logs))
            job = job with { Lines = reply.Many(reply.Int32(), item => RecordWriter.ReadLine(item.Bytes())) };
        return (facts.Sequence, job);
    }

    private static JobRecord Record(string id, string @namespace, JobFacts facts, JobRun run) => new()
    {
        Id = id,
        Namespace = @namespace,
        Method = facts.Method,
        Queue = facts.Queue,
        Priority = facts.Priority,
        State = facts.State,
        Reason = facts.Reason,
        Reservations = facts.Reservations,
        After = facts.After,
        Parent = facts.Parent,
        RequeueOf = RequeueOf(id),
        Labels = facts.Labels,
        Ticket = facts.Ticket == 0 ? null : facts.Ticket,
        Attempt = facts.Attempt == 0 ? null : facts.Attempt,
        Fence = facts.Attempt == 0 ? null : run.Fence,
        Worker = facts.Attempt == 0 ? null : run.Worker,
        OnWorkerLost = facts.IsRetryable ? OnWorkerLost.Retry : null,
        CreatedAt = facts.CreatedAt,
        RunAt = facts.RunAt,
        AdmittedAt = facts.AdmittedAt,
        ReadyAt = facts.ReadyAt,
        StartedAt = run.StartedAt,
        FinishedAt = run.FinishedAt,
    };

    /// <summary>The id says it: only a job that repeats another one has a mark and a number, from 2, at the end.</summary>
    private static string? RequeueOf(string id)
    {
        var mark = id.LastIndexOf('~');
        if (mark < 0)
            return null;
        var number = long.Parse(id.AsSpan(mark + 1), NumberStyles.None, CultureInfo.InvariantCulture);
        return number == 2 ? id[..mark] : string.Create(CultureInfo.InvariantCulture, $"{id[..mark]}~{number - 1}");
    }

    private static StoredJob WithDetails(StepReply reply, JobRecord record, JobRun run)
    {
        var content = reply.Bytes();
        var more = MoreOfJob.Read(reply);
        var earlier = reply.Many(reply.Int32(), item => Earlier(item.Bytes()));
        var attemptError = run.Error ?? more.Error;
        // A job that was canceled while it was ready again has the error of an attempt that did not end it.
        var error = record.Reason == JobReasons.Poison ? Verdict.PoisonError(run.Worker, attemptError) : record.Reason == run.Reason ? attemptError : null;
        return new StoredJob
        {
            Record = record with
            {
                Attempts = record.Attempt is { } number ? [.. earlier, Attempt(number, run with { Error = attemptError })] : null,
                Progress = more.Progress.Count == 0 ? null : more.Progress,
                Created = more.Created.Count == 0 ? null : more.Created,
                Exit = more.Exit,
                Error = error,
            },
            Content = content,
            Result = more.Result is { } result ? result : default(ReadOnlyMemory<byte>?),
        };
    }

    private static AttemptRecord Earlier(byte[] bytes)
    {
        var (number, run) = JobRun.ReadEarlier(bytes);
        return Attempt(number, run);
    }

    private static AttemptRecord Attempt(int number, JobRun run) =>
        new() { N = number, Worker = run.Worker, StartedAt = run.StartedAt!.Value, FinishedAt = run.EndedAt, Reason = run.Reason, Error = run.Error };

    /// <summary>The hash BASE:more:ID: what a job reported, and how it ended.</summary>
    private sealed record MoreOfJob(IReadOnlyList<ProgressRecord> Progress, IReadOnlyList<string> Created, byte[]? Result, ExitRecord? Exit, JobError? Error)
    {
        private const string ProgressField = "p ";
        private const string CreatedField = "c ";

        public static MoreOfJob Read(StepReply reply)
        {
            var fields = reply.Many(reply.Int32() / 2, item => (Name: item.Text(), Value: item.Bytes()))
                .ToDictionary(field => field.Name, field => field.Value, StringComparer.Ordinal);
            return new MoreOfJob(
                [.. InOrder(fields, ProgressField).Select(field => JsonSerializer.Deserialize(field.Value, RedisJson.Default.ProgressRecord)!)],
                [.. InOrder(fields, CreatedField).Select(field => field.Name)],
                fields.GetValueOrDefault("result"),
                fields.TryGetValue("exit", out var exit) ? JsonSerializer.Deserialize(exit, RedisJson.Default.ExitRecord) : null,
                fields.TryGetValue("error", out var error) ? JsonSerializer.Deserialize(error, RedisJson.Default.JobError) : null);
        }

        /// <summary>Fields of one kind in the order that each value begins with.</summary>
        private static IEnumerable<(string Name, byte[] Value)> InOrder(Dictionary<string, byte[]> fields, string kind) => fields
            .Where(field => field.Key.StartsWith(kind, StringComparison.Ordinal))
            .Select(field => (Name: field.Key[kind.Length..], Blank: Array.IndexOf(field.Value, (byte)' '), field.Value))
            .OrderBy(field => int.Parse(Encoding.ASCII.GetString(field.Value, 0, field.Blank), CultureInfo.InvariantCulture))
            .Select(field => (field.Name, field.Value[(field.Blank + 1)..]));
    }
}
